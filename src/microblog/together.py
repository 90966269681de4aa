"""Short writes of several threads in one transaction, which costs them one wait for the disk and not one each."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog.db import Database, is_our_fault

MOST = 20  # writes in one transaction, so that the first of them does not wait long for the last

T = TypeVar("T")
Within = Callable[[Session], AbstractContextManager[None]]


def nothing_around(session: Session) -> AbstractContextManager[None]:  # noqa: ARG001 - as others have it
    """Surround writes with nothing."""
    return nullcontext()


@dataclass(eq=False)
class Write:
    """What one thread wants written, and what came of it."""

    act: Callable[[Session], Any]
    order: str = ""
    called: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    result: Any = None
    error: Exception | None = field(default_factory=lambda: RuntimeError("the thread that wrote for others was ended"))

    def outcome(self) -> Any:  # noqa: ANN401 - whatever the write returns
        """Return what it returned, or raise what it raised."""
        if self.error:
            raise self.error
        return self.result


class Together:
    """Runs writes that come at the same time in one transaction, and answers each when that is committed.

    While one transaction is under way, those who come wait in line; the first of them then writes for all. An error in
    one write undoes all, and each is done once more in a transaction of its own. So a write must bear to be done twice:
    it changes nothing but the database. What a requester may cause at will, such as a refusal, is a value that the
    write returns and no error: it would have the others written twice, by whoever wants them to wait.

    Another process may have the same rows in its line. So they are written in the order each names: by what it locks.
    """

    def __init__(self, database: Database, within: Within = nothing_around) -> None:
        """Prepare to write; `within` surrounds all that is written in one transaction."""
        self._database = database
        self._within = within
        self._guard = threading.Lock()
        self._line: list[Write] = []
        self._busy = False

    def write(self, act: Callable[[Session], T], order: str = "") -> T:
        """Return what `act` returns, once it is committed; raise what it raises, once it is undone."""
        mine = Write(act, order)
        mine.called.acquire()
        with self._guard:
            self._line.append(mine)
            waits, self._busy = self._busy, True
        if waits:
            mine.called.acquire()
        if not mine.done:
            self._lead()
        result: T = mine.outcome()
        return result

    def _lead(self) -> None:
        """Write for those in line, and hand over to the first of those who came meanwhile."""
        with self._guard:
            those, self._line = self._line[:MOST], self._line[MOST:]
        try:
            self._do(those)
        finally:
            for write in those:
                write.done = True
                write.called.release()
            with self._guard:
                self._busy = bool(self._line)
                if self._line:
                    self._line[0].called.release()

    def _do(self, those: Sequence[Write]) -> None:
        try:
            with self._database.writing() as session, self._within(session):
                for write in sorted(those, key=lambda write: write.order):
                    write.result = write.act(session)
            for write in those:
                write.error = None
        except Exception as error:  # noqa: BLE001 - whose fault it is shows when each goes alone
            trouble = isinstance(error, DBAPIError) and not is_our_fault(error)
            if len(those) == 1 or trouble:  # of the database: it would only be waited for once more by each
                for write in those:
                    write.error = error
                return
            for write in those:
                self._do([write])
