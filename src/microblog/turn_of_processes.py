"""Whose turn it is, for the threads of several processes that were forked from one."""

import threading
import time
from contextlib import suppress
from multiprocessing import get_context

from microblog.turn import Turn


class SharedTurn(Turn):
    """A turn of which each process has one thread at a time stand in line with those of the others.

    SQLite would let a process that finds its lock taken sleep and look again, for ever longer while others go ahead.
    Make it before the fork. Where a process dies in its turn, the next one waits in vain once, and hands it on.
    """

    def __init__(self) -> None:
        super().__init__()
        self._between = get_context("fork").BoundedSemaphore(1)
        self._is_ours = False

    def take(self, patience: float) -> float:
        """Wait for one's turn, and return how many seconds of the patience are left."""
        left = super().take(patience)
        if self._is_ours:
            return left
        began = time.monotonic()
        self._between.acquire(timeout=left)
        self._is_ours = True
        return max(0.0, left - (time.monotonic() - began))

    def leave(self) -> None:
        """Hand it to the next in line, if it is ours."""
        if self._is_ours and self._holder == threading.get_ident():
            self._is_ours = False
            with suppress(ValueError):  # whoever waited in vain has handed it on already
                self._between.release()
        super().leave()
