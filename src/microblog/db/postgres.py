"""PostgreSQL connections whose every wait ends, also where the server has stopped answering.

A server that hangs (stopped, out of memory, its disk gone) still has its packets acknowledged by the kernel, so no
setting of TCP notices. These connections watch the clock themselves.

For that they override `psycopg.Connection.wait`, in which psycopg waits for every answer. It is public, though made for
psycopg's own use: the version is pinned in requirements/run.txt, and tests/db/test_postgres.py holds what it must do.
Documented settings do not suffice: `statement_timeout` is kept by the very server that hangs.
"""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from math import ceil, inf
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, LockNotAvailable, QueryCanceled
from sqlalchemy import Engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError

PING_SECONDS = 1.0  # in which a server that works answers the simplest query
SLOW_SECONDS = 2.0  # for an answer, after which the server is asked whether it still works
CHECK_WAIT = 0.25  # seconds to wait for what another thread finds out
MAX_SECONDS = 20.0  # for any answer; the server's own statement_timeout comes first
MIN_CONNECT_TIMEOUT = 2  # seconds; psycopg allows no less
TRUSTED_SECONDS = 1.0  # for which an idle connection is used without a query
INTERVAL = 0.1  # seconds between two checks of the clock
NO_ANSWER = "the server does not answer"
TCP = {
    "keepalives_idle": 15,  # seconds of silence before TCP asks whether the other side is still there
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds for what was sent to be acknowledged
}
"""How a host that vanished is noticed; Linux's own defaults take hours."""

T = TypeVar("T")


class NoAnswer(psycopg.OperationalError):
    """The server did not answer in time. The connection is closed: the answer may come when nobody expects it."""


TOO_SLOW = (NoAnswer, ConnectionTimeout, QueryCanceled, LockNotAvailable)
"""What is raised where an answer did not come in time, by us or by the server."""


@dataclass(frozen=True)
class Bounds:
    """The time one answer may take, and the deadline (by the monotonic clock) of everything."""

    per_answer: float = MAX_SECONDS
    deadline: float = inf


CURRENT_BOUNDS: ContextVar[Bounds] = ContextVar("bounds", default=Bounds())  # noqa: B039 - it is frozen


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Bound what PostgreSQL may take for all that is asked of it in this block.

    Raises:
        NoAnswer: the time is over.
    """
    before = CURRENT_BOUNDS.get()
    token = CURRENT_BOUNDS.set(replace(before, deadline=min(before.deadline, time.monotonic() + seconds)))
    try:
        yield
    finally:
        CURRENT_BOUNDS.reset(token)


@contextmanager
def no_time_limit() -> Iterator[None]:
    """Let each statement take as long as it needs, while the server answers others. For migrations."""
    token = CURRENT_BOUNDS.set(replace(CURRENT_BOUNDS.get(), per_answer=inf))
    try:
        yield
    finally:
        CURRENT_BOUNDS.reset(token)


class Watchdog:
    """A health check of a server. While it doesn't answer, one thread probes it, and all others are refused soon."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._asked_at = -inf
        self._silent = False

    def note_silence(self) -> None:
        """Note that the server did not answer."""
        self._silent = True

    def refuse(self, parameters: dict[str, Any]) -> None:
        """Refuse to use a server that was silent, unless it answers us, or in a moment whoever asks it now.

        Raises:
            NoAnswer: then.
        """
        if not self._silent:
            return
        began = time.monotonic()
        if self._asking.acquire(timeout=CHECK_WAIT):
            try:
                if self._silent and self._asked_at < began:
                    self._ask(parameters)
            finally:
                self._asking.release()
        if self._silent:
            raise NoAnswer(NO_ANSWER)

    def is_silent(self, parameters: dict[str, Any]) -> bool:
        """Ask the server for a sign of life; what another thread found out meanwhile counts, too."""
        began = time.monotonic()
        with self._asking:
            if self._asked_at < began:
                self._ask(parameters)
            return self._silent

    def _ask(self, parameters: dict[str, Any]) -> None:
        """Connect anew and run the simplest query, whoever waits for it. A refusal is an answer, too."""
        token = CURRENT_BOUNDS.set(Bounds(deadline=time.monotonic() + MIN_CONNECT_TIMEOUT + PING_SECONDS))
        try:
            with BoundedConnection.connect(**{**parameters, "connect_timeout": MIN_CONNECT_TIMEOUT}) as connection:
                connection.execute("SELECT 1")
            self._silent = False
        except psycopg.Error as error:
            self._silent = isinstance(error, (ConnectionTimeout, NoAnswer))
        finally:
            CURRENT_BOUNDS.reset(token)
            self._asked_at = time.monotonic()


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that waits for no answer longer than `Bounds` allow, and not at all for a server that hangs."""

    watchdog: Watchdog | None = None
    parameters: dict[str, Any]

    @classmethod
    def open(cls, watchdog: Watchdog, parameters: dict[str, Any]) -> Self:
        """Connect, in the time that is left for it.

        Raises:
            NoAnswer: without trying, where the server was silent a moment ago or no time is left.
        """
        watchdog.refuse(parameters)
        left = CURRENT_BOUNDS.get().deadline - time.monotonic()
        if left <= 0:
            raise NoAnswer(NO_ANSWER)
        timeout = max(MIN_CONNECT_TIMEOUT, ceil(min(left, parameters["connect_timeout"])))
        try:
            made = cls.connect(**{**parameters, "connect_timeout": timeout})
        except ConnectionTimeout:
            watchdog.note_silence()
            raise
        made.watchdog, made.parameters = watchdog, parameters
        return made

    def wait(self, gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None) -> T:
        """Wait for an answer; `timeout` is of those who have an end of their own, such as `notifies`.

        Raises:
            NoAnswer: it did not come in time, or the server no longer answers anybody.
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        return super().wait(self._bounded(gen), interval)

    def _bounded(self, gen: PQGen[T]) -> PQGen[T]:
        """Pass each wait of the generator on, and check the deadline after every interval without an event."""
        bounds = CURRENT_BOUNDS.get()
        began = time.monotonic()
        end = min(began + bounds.per_answer, bounds.deadline)
        check = began + SLOW_SECONDS if bounds.deadline == inf else inf  # who has an end of their own needs no other
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready:
                    now = time.monotonic()
                    if now >= end or (now >= check and self._server_hangs()):
                        self.pgconn.finish()
                        raise NoAnswer(NO_ANSWER)
                    check = now + SLOW_SECONDS if now >= check else check
                wanted = gen.send(ready)
        except StopIteration as finished:
            value: T = finished.value
            return value

    def _server_hangs(self) -> bool:
        return self.watchdog is not None and self.watchdog.is_silent(self.parameters)


def has_unread_data(connection: "psycopg.Connection[Any]") -> bool:
    """Return True if something came over an idle connection: as a rule the server's goodbye, or its end."""
    if connection.closed:
        return True
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))


def connection_parameters(url: str) -> dict[str, Any]:
    """Return the parameters of a URL for psycopg; given the URL, libpq would refuse some characters of a password."""
    parsed = make_url(url)
    _, parameters = parsed.get_dialect()().create_connect_args(parsed)
    return {**parameters, **TCP}


def bound_connections(engine: Engine, watchdog: Watchdog) -> None:
    """Have an engine open bounded connections, and never use a dead one of its pool."""

    def connect(dialect: object, record: object, arguments: object, parameters: dict[str, Any]) -> BoundedConnection:  # noqa: ARG001 - SQLAlchemy's signature
        return BoundedConnection.open(watchdog, parameters)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkin", note_checkin)
    event.listen(engine, "checkout", reject_dead)


def note_checkin(connection: object, record: Any) -> None:  # noqa: ANN401, ARG001 - SQLAlchemy's signature
    """Note when a connection came back to the pool."""
    record.info["checked_in_at"] = time.monotonic()


def reject_dead(connection: BoundedConnection | None, record: Any, proxy: object) -> None:  # noqa: ANN401, ARG001 - SQLAlchemy's signature
    """Test a connection that was unused for a while or has unread data, so that a restart costs nobody an error.

    Any other is taken as it is: a round trip for each would be a third of a short transaction, a look at the socket
    takes microseconds.

    Raises:
        InvalidatePoolError: it is dead; the pool opens another, and tries no more of those it had.
    """
    if connection is None or "checked_in_at" not in record.info:
        return
    try:
        if has_unread_data(connection) or time.monotonic() - record.info["checked_in_at"] > TRUSTED_SECONDS:
            with time_limit(PING_SECONDS):
                connection.execute("SELECT 1")
                connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error
