"""A notifier between the processes of one command on SQLite, which has none of its own."""

import os
import select

from sqlalchemy.orm import Session

from microblog.mail.notifier import POLL
from microblog.mail.outbox import QUEUED

READ_AT_ONCE = 65536


class PipeNotifier:
    """A pipe: a byte in it is a queued email. Make it before the fork, and give `after_commit` to each database."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    def wait(self, seconds: float) -> bool:
        """Wait, at the longest for one poll."""
        ready, _, _ = select.select([self._reader], [], [], min(seconds, POLL))
        if ready:
            self._drain()
        return bool(ready)

    def notify(self) -> None:
        """Wake whoever waits. A full pipe has woken them already."""
        try:
            os.write(self._writer, b".")
        except BlockingIOError:
            return

    def close(self) -> None:
        """Do nothing: the pipe is shared with the other processes, and ends with them."""

    def after_commit(self, session: Session) -> None:
        """Notify if the transaction that was just committed queued an email."""
        if session.info.get(QUEUED):
            self.notify()

    def _drain(self) -> None:
        try:
            os.read(self._reader, READ_AT_ONCE)
        except BlockingIOError:  # another reader was quicker
            return
