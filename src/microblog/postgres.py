"""PostgreSQL connections whose every wait ends, also where the server has stopped answering.

A server that hangs (stopped, out of memory, its disk gone) still has its packets acknowledged by the kernel, so no
setting of TCP notices. These connections watch the clock themselves.
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

PING = 1.0  # seconds in which a server that works answers the simplest question
SLOW = 2.0  # seconds for an answer, after which the server is asked whether it still works
BRIEF = 0.25  # seconds to wait for what another thread finds out
LONGEST = 20.0  # seconds for any answer; the server's own statement_timeout comes first
SHORTEST_CONNECT = 2  # seconds; psycopg allows no less
RECENT = 1.0  # seconds a connection is trusted without a question
INTERVAL = 0.1  # seconds between two looks at the clock
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
    """How long one answer may take, and when (by the monotonic clock) everything has to be over."""

    longest: float = LONGEST
    end: float = inf


BOUNDS: ContextVar[Bounds] = ContextVar("bounds", default=Bounds())  # noqa: B039 - it is frozen


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give the database so many seconds for all that is asked of it in this block; then `NoAnswer` is raised."""
    before = BOUNDS.get()
    token = BOUNDS.set(replace(before, end=min(before.end, time.monotonic() + seconds)))
    try:
        yield
    finally:
        BOUNDS.reset(token)


@contextmanager
def unhurried() -> Iterator[None]:
    """Let one statement take as long as it needs, while the server answers others. For migrations."""
    token = BOUNDS.set(replace(BOUNDS.get(), longest=inf))
    try:
        yield
    finally:
        BOUNDS.reset(token)


class Watch:
    """Knows whether a server answers. While it does not, one thread asks, and all others are refused soon."""

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
        if self._asking.acquire(timeout=BRIEF):
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
        """Connect anew and ask the simplest question, whoever waits for it. A refusal is an answer, too."""
        token = BOUNDS.set(Bounds(end=time.monotonic() + SHORTEST_CONNECT + PING))
        try:
            with BoundedConnection.connect(**{**parameters, "connect_timeout": SHORTEST_CONNECT}) as connection:
                connection.execute("SELECT 1")
            self._silent = False
        except psycopg.Error as error:
            self._silent = isinstance(error, (ConnectionTimeout, NoAnswer))
        finally:
            BOUNDS.reset(token)
            self._asked_at = time.monotonic()


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that waits for no answer longer than `BOUNDS` allow, and not at all for a server that hangs."""

    watch: Watch | None = None
    parameters: dict[str, Any]

    @classmethod
    def open(cls, watch: Watch, parameters: dict[str, Any]) -> Self:
        """Connect, in the time that is left for it.

        Raises:
            NoAnswer: without trying, where the server was silent a moment ago or no time is left.
        """
        watch.refuse(parameters)
        left = BOUNDS.get().end - time.monotonic()
        if left <= 0:
            raise NoAnswer(NO_ANSWER)
        patience = max(SHORTEST_CONNECT, ceil(min(left, parameters["connect_timeout"])))
        try:
            made = cls.connect(**{**parameters, "connect_timeout": patience})
        except ConnectionTimeout:
            watch.note_silence()
            raise
        made.watch, made.parameters = watch, parameters
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
        """Pass on what a wait is about, and look at the clock whenever nothing came for an interval."""
        bounds = BOUNDS.get()
        began = time.monotonic()
        end = min(began + bounds.longest, bounds.end)
        look = began + SLOW if bounds.end == inf else inf  # who has an end of their own needs no other
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready:
                    now = time.monotonic()
                    if now >= end or (now >= look and self._hangs()):
                        self.pgconn.finish()
                        raise NoAnswer(NO_ANSWER)
                    look = now + SLOW if now >= look else look
                wanted = gen.send(ready)
        except StopIteration as finished:
            value: T = finished.value
            return value

    def _hangs(self) -> bool:
        return self.watch is not None and self.watch.is_silent(self.parameters)


def has_spoken(connection: "psycopg.Connection[Any]") -> bool:
    """Tell whether something came over an idle connection: as a rule the server's goodbye, or the end of the line."""
    if connection.closed:
        return True
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))


def parameters_of(url: str) -> dict[str, Any]:
    """Return what a URL says, as psycopg takes it; as a URL, libpq would refuse some characters of a password."""
    parsed = make_url(url)
    _, parameters = parsed.get_dialect()().create_connect_args(parsed)
    return {**parameters, **TCP}


def watch_engine(engine: Engine, watch: Watch) -> None:
    """Have an engine open bounded connections, and never lend one that is dead."""

    def connect(dialect: object, record: object, arguments: object, parameters: dict[str, Any]) -> BoundedConnection:  # noqa: ARG001 - SQLAlchemy's signature
        return BoundedConnection.open(watch, parameters)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkin", note_return)
    event.listen(engine, "checkout", refuse_dead)


def note_return(connection: object, record: Any) -> None:  # noqa: ANN401, ARG001 - SQLAlchemy's signature
    """Note when a connection came back to the pool."""
    record.info["back_at"] = time.monotonic()


def refuse_dead(connection: BoundedConnection | None, record: Any, proxy: object) -> None:  # noqa: ANN401, ARG001 - SQLAlchemy's signature
    """Try a connection that was unused for a while or has been spoken to, so that a restart costs nobody an error.

    Any other is taken as it is: a round trip for each would be a third of a short transaction, a look at the socket
    takes microseconds.

    Raises:
        InvalidatePoolError: it is dead; the pool opens another, and tries no more of those it had.
    """
    if connection is None or "back_at" not in record.info:
        return
    try:
        if has_spoken(connection) or time.monotonic() - record.info["back_at"] > RECENT:
            with within(PING):
                connection.execute("SELECT 1")
                connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error
