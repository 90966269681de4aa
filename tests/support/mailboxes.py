"""The local mailbox of a site, read by a test that waits for what comes."""

import time
from pathlib import Path

from microblog.mail.mailbox import LocalMailbox, Received


class ReadMailbox:
    """Reads each email once, however often it is asked: taking one apart takes longer than answering a page."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._box = LocalMailbox(path)
        self._read: dict[str, Received] = {}

    def keys(self) -> list[str]:
        """Return the keys of all emails, the oldest first."""
        folders = [folder for name in ("new", "cur") if (folder := self._path / name).is_dir()]
        found = sorted((entry.stat().st_mtime_ns, entry.name) for folder in folders for entry in folder.iterdir())
        return [name.partition(":")[0] for _, name in found]

    def all(self) -> list[Received]:
        """Return all emails, the oldest first."""
        return [email for key in self.keys() if (email := self._one(key))]

    def wait_for(self, count: int, seconds: float = 10) -> list[Received]:
        """Return all emails, once there are so many."""
        deadline = time.monotonic() + seconds
        while (came := len(self.keys())) < count:
            assert time.monotonic() < deadline, f"{came} of {count} letters came within {seconds} s"
            time.sleep(0.01)
        return self.all()

    def _one(self, key: str) -> Received | None:
        if key not in self._read and (email := self._box.read(key)):
            self._read[key] = email
        return self._read.get(key)
