"""Whose turn it is, for the threads of one process that all want the same thing which only one can have."""

import threading
import time
from collections import deque


class Turn:
    """A lock that is handed on in the order it was asked for. It keeps an order, and no secret: nobody depends on it.

    Whoever waited in vain goes on without it, and whoever already has it is not kept waiting for themselves; what it
    stands before (SQLite's own lock) then has the last word.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._line: deque[tuple[int, threading.Lock]] = deque()

    def take(self, patience: float) -> float:
        """Wait for one's turn, and return how many seconds of the patience are left."""
        me, called = threading.get_ident(), threading.Lock()
        with self._guard:
            if self._holder in (None, me):
                self._holder = me
                return patience
            called.acquire()
            self._line.append((me, called))
        began = time.monotonic()
        if not called.acquire(timeout=patience):
            self._step_in(me, called)
        return max(0.0, patience - (time.monotonic() - began))

    def leave(self) -> None:
        """Hand it to the next in line, if it is ours."""
        with self._guard:
            if self._holder == threading.get_ident():
                self._holder = None
                if self._line:
                    self._holder, called = self._line.popleft()
                    called.release()

    def _step_in(self, me: int, called: threading.Lock) -> None:
        """Take the place of a holder who does not come back, so that those behind wait for us and not for them."""
        with self._guard:
            if (me, called) in self._line:
                self._line.remove((me, called))
                self._holder = me
