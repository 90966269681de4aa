"""A FIFO lock for threads, with a timeout."""

import threading
import time
from collections import deque


class FairLock:
    """A lock that is handed on in the order it was asked for.

    It keeps an order and protects nothing: a thread that waited in vain goes on without it, and the lock that it stands
    before (SQLite's own) has the last word. A thread that holds it gets it again without waiting, and releases it once.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._queue: deque[tuple[int, threading.Lock]] = deque()

    def acquire(self, timeout: float) -> float:
        """Wait for the lock, and return how many seconds of the timeout are left; 0 if it did not come in time."""
        me, granted = threading.get_ident(), threading.Lock()
        with self._guard:
            if self._holder in (None, me):
                self._holder = me
                return timeout
            granted.acquire()
            self._queue.append((me, granted))
        began = time.monotonic()
        if not granted.acquire(timeout=timeout):
            self._replace_holder(me, granted)
        return max(0.0, timeout - (time.monotonic() - began))

    def release(self) -> None:
        """Hand the lock to the next in the queue, if this thread holds it."""
        with self._guard:
            if self._holder == threading.get_ident():
                self._holder = None
                if self._queue:
                    self._holder, granted = self._queue.popleft()
                    granted.release()

    def _replace_holder(self, me: int, granted: threading.Lock) -> None:
        """Take the place of a holder who does not come back, so that those behind wait for us and not for it."""
        with self._guard:
            if (me, granted) in self._queue:
                self._queue.remove((me, granted))
                self._holder = me
