"""A fair lock for the threads of several processes that were forked from one."""

import threading
import time
from contextlib import suppress
from multiprocessing import get_context

from microblog.db.fair_lock import FairLock


class ProcessLock(FairLock):
    """A fair lock whose holder in each process competes with those of the others, one at a time.

    SQLite lets a process that finds its lock taken sleep and look again, for ever longer while others go ahead. Make
    this before the fork. If a process dies while it holds the lock, the next one waits in vain once and releases it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._between = get_context("fork").BoundedSemaphore(1)
        self._is_ours = False

    def acquire(self, timeout: float) -> float:
        """Wait for the lock, and return how many seconds of the timeout are left; 0 if it did not come in time."""
        left = super().acquire(timeout)
        if self._is_ours:
            return left
        began = time.monotonic()
        self._between.acquire(timeout=left)
        self._is_ours = True
        return max(0.0, left - (time.monotonic() - began))

    def release(self) -> None:
        """Hand the lock to the next in the queue, if this thread holds it."""
        if self._is_ours and self._holder == threading.get_ident():
            self._is_ours = False
            with suppress(ValueError):  # a thread that waited in vain has released it already
                self._between.release()
        super().release()
