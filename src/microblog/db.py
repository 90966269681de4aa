"""The database: the base of all tables, the engine, and transactions that read or write.

SQLite and PostgreSQL are held to the same behaviour: times are aware and in UTC, foreign keys hold, a transaction
that reads cannot write, and one that writes sees no stale rows.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, func, make_url, select
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Session
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from microblog.postgres import TCP, Watch, watch_engine
from microblog.turn import Turn

BUSY_SECONDS = 5  # how long one transaction waits for another before the person is told to try again
HURRY = 2  # seconds; the same, for what is not worth a person's waiting
BRIEF = 0.1  # seconds in line that do not count as waiting
POOL = 20  # connections a process may hold; more than its threads, so that none waits for one
KEPT = 4  # of those, how many may be kept while nothing is asked of them
OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)  # errors that trying again does not help

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}
"""For tables with a number of their own. SQLite would give the number of a deleted row to the next new one, and links,
cookies and exports that hold the number would come to mean the newcomer."""


class Utc(TypeDecorator[datetime]):
    """A moment. SQLite keeps no zone, so it is kept there as UTC and given back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a moment without a zone, for nobody can say which one it is."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give every moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """What every table inherits."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Utc}  # noqa: RUF012 - SQLAlchemy's own spelling


def without_rows(record: logging.LogRecord) -> bool:
    """Keep out of the log what SQLAlchemy says of rows at its most talkative: addresses and password hashes."""
    return not str(record.msg).startswith("Row ")


logging.getLogger("sqlalchemy.engine.Engine").addFilter(without_rows)


class Database:
    """One engine, and the two kinds of transaction made on it."""

    def __init__(
        self, url: str, *, hurried: bool = False, turn: Turn | None = None, watch: Watch | None = None
    ) -> None:
        """Prepare the engine; nothing is opened before the first transaction."""
        self._watch = watch or Watch()
        self.engine = open_engine(url, hurried=hurried, watch=self._watch)
        self._turn = turn or Turn()
        self._writer = self.engine.execution_options(turn=self._turn)
        self._reader = self.engine.execution_options(read_only=True, postgresql_readonly=True)
        self.may_be_kept = threading.BoundedSemaphore(KEPT)
        self.after_commit: list[Callable[[Session], None]] = []
        self.notes: dict[str, Any] = {}
        """What every session of this database finds in its `info`."""

    @property
    def is_postgresql(self) -> bool:
        """True on PostgreSQL, where other processes can be told about new letters."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Run a transaction that the database itself keeps from changing anything."""
        with self._reader.connect() as connection, self._session(connection) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Run a transaction that is committed at the end, or undone as a whole when anything is raised."""
        try:
            with self._writer.connect() as connection, self._session(connection) as session:
                with session.begin():
                    yield session
                for told in self.after_commit:
                    told(session)
        finally:
            self._turn.leave()

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Stand in line with the writing threads of this process meanwhile: SQLite has one writer at a time."""
        if self.is_postgresql:
            yield
            return
        self._turn.take(BUSY_SECONDS)
        try:
            yield
        finally:
            self._turn.leave()

    def _session(self, connection: Connection) -> Session:
        return Session(connection, expire_on_commit=False, info=self.notes)

    def server_time(self) -> datetime:
        """Return what time it is where the database runs, for processes on other hosts to agree on. PostgreSQL only."""
        with self._reader.connect() as connection:
            moment: datetime = connection.execute(select(func.clock_timestamp(type_=Utc))).scalar_one()
        return moment

    def hurried(self) -> "Database":
        """Return the same database, and the same bell, for what must not keep a person waiting: it gives up soon.

        Each transaction has a connection of its own, so that it never waits for those that all the others wait for.
        """
        url = self.engine.url.render_as_string(hide_password=False)
        hurried = Database(url, hurried=True, turn=self._turn, watch=self._watch)
        hurried.after_commit, hurried.notes = self.after_commit, self.notes
        return hurried

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_engine(url: str, *, hurried: bool = False, watch: Watch | None = None) -> Engine:
    """Make an engine whose errors never show a parameter, for those hold addresses and password hashes."""
    patience = HURRY if hurried else BUSY_SECONDS
    pool: dict[str, Any] = {"poolclass": NullPool} if hurried else {"pool_size": POOL}
    if make_url(url).get_backend_name() == "sqlite":
        sqlite = create_engine(url, hide_parameters=True, **pool)
        event.listen(sqlite, "connect", prepare_sqlite)
        event.listen(sqlite, "begin", begin_sqlite)
        return sqlite.execution_options(patience=patience)
    impatient = {
        "connect_timeout": patience,
        "options": f"-c lock_timeout={patience}s -c statement_timeout={3 * patience}s",
        **TCP,
    }
    engine = create_engine(url, hide_parameters=True, connect_args=impatient, **pool)
    event.listen(engine, "handle_error", hide_row)
    watch_engine(engine, watch or Watch())
    return engine


def hide_row(context: ExceptionContext) -> None:
    """Keep the first line of what PostgreSQL says: its DETAIL quotes the row, address and password hash included."""
    error, shown = context.original_exception, context.sqlalchemy_exception
    whole, first_line = str(error), without_row(error)
    if first_line and shown:
        shown.args = tuple(str(part).replace(whole, first_line) for part in shown.args)


def without_row(error: BaseException) -> str | None:
    """Make an error of PostgreSQL's say its first line and no more, and return that."""
    first_line = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    if first_line:
        error.args = (first_line,)
    return first_line


def is_our_fault(error: SQLAlchemyError) -> bool:
    """Tell whether what was asked of the database was wrong, rather than the database being in trouble."""
    original = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(original, sqlite3.OperationalError):  # its word for nearly everything, a missing table too
        return original.sqlite_errorcode == sqlite3.SQLITE_ERROR
    return not isinstance(error, (DBAPIError, PoolTimeoutError)) or isinstance(error, OURS)


def prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401, ARG001 - SQLAlchemy's signature
    """Take transactions out of the driver's hands, and make commits survive a power cut (synchronous=FULL)."""
    connection.isolation_level = None
    write_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL. SQLite answers "locked" at once while another process switches it; that takes no time."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def begin_sqlite(connection: Connection) -> None:
    """Begin as a reader, or take the write lock at once: taking it later would fail on a stale view.

    `lazy` is for a person at a prompt, who must not keep the lock while thinking. SQLite lets those who find it locked
    sleep and look again, which leaves it idle; so the threads of this process stand in line for it here.
    """
    options = connection.get_execution_options()
    read_only = options.get("read_only", False)
    patience = options["patience"]
    if not read_only and (turn := options.get("turn")):
        left = turn.take(patience)
        patience = patience if patience - left < BRIEF else left
    set_up(connection, read_only=read_only, patience=patience)
    begin = "BEGIN" if read_only or options.get("lazy") else "BEGIN IMMEDIATE"
    try:
        connection.connection.cursor().execute(begin)  # SQLAlchemy's own way would take longer than the transaction
    except sqlite3.Error as error:
        raise DBAPIError.instance(begin, None, error, sqlite3.Error, hide_parameters=True) from error


def set_up(connection: Connection, *, read_only: bool, patience: float) -> None:
    """Tell SQLite what this connection may do and how many seconds it waits, unless it was told just so before."""
    wanted = {"query_only": int(read_only), "busy_timeout": round(patience * 1000)}
    if connection.info.get("set_up") != wanted:
        for name, value in wanted.items():
            connection.connection.cursor().execute(f"PRAGMA {name}={value}")
        connection.info["set_up"] = wanted


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite database, None for any other."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
