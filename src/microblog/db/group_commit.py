"""Group commit: short writes of several threads in one transaction, which costs them one wait for the disk together."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog.db.database import Database
from microblog.db.errors import is_permanent_error

MAX_WRITES = 20  # in one transaction, so that the first of them does not wait long for the last

T = TypeVar("T")
Around = Callable[[Session], AbstractContextManager[None]]


def nothing_around(session: Session) -> AbstractContextManager[None]:  # noqa: ARG001 - as others have it
    """Surround writes with nothing."""
    return nullcontext()


@dataclass(eq=False)
class PendingWrite:
    """One thread's write, and its outcome."""

    act: Callable[[Session], Any]
    order: str = ""
    wake: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    result: Any = None
    error: Exception | None = field(default_factory=lambda: RuntimeError("the thread that wrote for others was ended"))

    def outcome(self) -> Any:  # noqa: ANN401 - whatever the write returns
        """Return what it returned, or raise what it raised."""
        if self.error:
            raise self.error
        return self.result


class GroupCommit:
    """Runs writes that come at the same time in one transaction, and answers each when that is committed.

    While one transaction is under way, newcomers queue; the first of them then leads: it writes for all. An error in
    one write rolls back all, and each is repeated in a transaction of its own. So a write must be repeatable: it
    changes nothing but the database. What a requester may cause at will, such as a refusal, is a value that the write
    returns and no error: it would have the others written twice, by whoever wants them to wait.

    Another process may lock the same rows. So writes are done in the order each names: by what it locks.
    """

    def __init__(self, database: Database, around: Around = nothing_around) -> None:
        """Prepare to write; `around` is entered once for all that is written in one transaction."""
        self._database = database
        self._around = around
        self._guard = threading.Lock()
        self._queue: list[PendingWrite] = []
        self._busy = False

    def write(self, act: Callable[[Session], T], order: str = "") -> T:
        """Return what `act` returns, once it is committed; raise what it raises, once it is rolled back."""
        mine = PendingWrite(act, order)
        mine.wake.acquire()
        with self._guard:
            self._queue.append(mine)
            waits, self._busy = self._busy, True
        if waits:
            mine.wake.acquire()
        if not mine.done:
            self._lead()
        result: T = mine.outcome()
        return result

    def _lead(self) -> None:
        """Commit the queued writes, and make the first thread that came meanwhile the next leader."""
        with self._guard:
            group, self._queue = self._queue[:MAX_WRITES], self._queue[MAX_WRITES:]
        try:
            self._commit(group)
        finally:
            for write in group:
                write.done = True
                write.wake.release()
            with self._guard:
                self._busy = bool(self._queue)
                if self._queue:
                    self._queue[0].wake.release()

    def _commit(self, group: Sequence[PendingWrite]) -> None:
        try:
            with self._database.writing() as session, self._around(session):
                for write in sorted(group, key=lambda write: write.order):
                    write.result = write.act(session)
            for write in group:
                write.error = None
        except Exception as error:  # noqa: BLE001 - whose it is shows when each is repeated alone
            unavailable = isinstance(error, DBAPIError) and not is_permanent_error(error)
            if len(group) == 1 or unavailable:  # each would only wait for the database once more
                for write in group:
                    write.error = error
                return
            for write in group:
                self._commit([write])
