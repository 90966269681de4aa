"""The engine, and transactions that read or write.

SQLite and PostgreSQL are held to the same behaviour: times are aware and in UTC, foreign keys hold, a transaction
that reads cannot write, and one that writes sees no stale rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from microblog.db.columns import Utc
from microblog.db.dialect import dialect_name
from microblog.db.errors import hide_detail
from microblog.db.fair_lock import FairLock
from microblog.db.postgres import TCP, Watchdog, bound_connections
from microblog.db.sqlite import BUSY_SECONDS, prepare_sqlite

SHORT_TIMEOUT = 2  # seconds; in place of BUSY_SECONDS for what is not worth a person's waiting
POOL_SIZE = 20  # connections of a process; more than its threads, so that none waits for one


class Database:
    """One engine, and the two kinds of transaction made on it."""

    def __init__(
        self,
        url: str,
        *,
        short_timeouts: bool = False,
        write_lock: FairLock | None = None,
        watchdog: Watchdog | None = None,
    ) -> None:
        """Prepare the engine; nothing is opened before the first transaction."""
        self._watchdog = watchdog or Watchdog()
        self.engine = make_engine(url, short_timeouts=short_timeouts, watchdog=self._watchdog)
        self._write_lock = write_lock or FairLock()
        self._writer = self.engine.execution_options(write_lock=self._write_lock)
        self._reader = self.engine.execution_options(read_only=True, postgresql_readonly=True)
        self.after_commit: list[Callable[[Session], None]] = []
        """Called with the session after each writing transaction that was committed."""
        self.notes: dict[str, Any] = {}
        """What every session of this database finds in its `info`."""

    @property
    def is_postgresql(self) -> bool:
        """True on PostgreSQL, where other processes can be told about new emails."""
        return dialect_name(self.engine) == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Run a transaction that the database itself keeps from changing anything."""
        with self._reader.connect() as connection, self._session(connection) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Run a transaction that is committed at the end, or rolled back as a whole when anything is raised."""
        try:
            with self._writer.connect() as connection, self._session(connection) as session:
                with session.begin():
                    yield session
                for callback in self.after_commit:
                    callback(session)
        finally:
            self._write_lock.release()

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Open a connection on which each statement is committed before the next.

        SQLite's driver does so where nothing was begun; SQLAlchemy's AUTOCOMMIT would leave it in another mode.
        """
        options = {"isolation_level": "AUTOCOMMIT"} if self.is_postgresql else {"begin": False}
        with self.engine.execution_options(**options).connect() as connection:
            yield connection

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Queue with the writing threads of this process meanwhile: SQLite has one writer at a time."""
        if self.is_postgresql:
            yield
            return
        self._write_lock.acquire(BUSY_SECONDS)
        try:
            yield
        finally:
            self._write_lock.release()

    def _session(self, connection: Connection) -> Session:
        return Session(connection, expire_on_commit=False, info=self.notes)

    def server_time(self) -> datetime:
        """Return the time of the database server, for processes on other hosts to agree on. PostgreSQL only."""
        with self._reader.connect() as connection:
            moment: datetime = connection.execute(select(func.clock_timestamp(type_=Utc))).scalar_one()
        return moment

    def with_short_timeouts(self) -> "Database":
        """Return the same database with the same callbacks, for what must not keep a person waiting.

        Each transaction opens a connection of its own, so that it never waits for one of the pool.
        """
        url = self.engine.url.render_as_string(hide_password=False)
        other = Database(url, short_timeouts=True, write_lock=self._write_lock, watchdog=self._watchdog)
        other.after_commit, other.notes = self.after_commit, self.notes
        return other

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def make_engine(url: str, *, short_timeouts: bool, watchdog: Watchdog) -> Engine:
    """Make an engine whose errors never show a parameter, for those hold email addresses and password hashes."""
    timeout = SHORT_TIMEOUT if short_timeouts else BUSY_SECONDS
    pool: dict[str, Any] = {"poolclass": NullPool} if short_timeouts else {"pool_size": POOL_SIZE}
    if make_url(url).get_backend_name() == "sqlite":
        sqlite = create_engine(url, hide_parameters=True, **pool)
        prepare_sqlite(sqlite)
        return sqlite.execution_options(busy_timeout=timeout)
    bounds = {
        "connect_timeout": timeout,
        "options": f"-c lock_timeout={timeout}s -c statement_timeout={3 * timeout}s",
        **TCP,
    }
    engine = create_engine(url, hide_parameters=True, connect_args=bounds, **pool)
    event.listen(engine, "handle_error", hide_detail)
    bound_connections(engine, watchdog)
    return engine
