"""Changes that are committed one by one, each before the next is made.

They go to the driver without SQLAlchemy's transaction around each, for that cost as much as the change and its way to
the disk together (docs/decisions/0010).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Insert, Update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from microblog.db import BUSY_SECONDS, Database
from microblog.db.errors import remove_detail as without_row
from microblog.db.postgres import has_unread_data as has_spoken
from microblog.db.sqlite import set_pragmas as set_up


class Changes:
    """Makes changes over one connection. One thread's; the next change after an error opens another connection.

    Up to `rest` the connection is kept from one change to the next, but never so many of them in a process that others
    would have to wait for one.
    """

    def __init__(self, database: Database) -> None:
        """Open nothing before the first change."""
        self._database = database
        self._open: Connection | None = None
        self._kept = False

    def make(self, statement: Update | Insert, values: Mapping[str, Any]) -> int:
        """Make one change and return how many rows it met. It is committed when this returns.

        Raises:
            DBAPIError: it was not made; or, where the connection broke, perhaps.
        """
        if self._open and self._is_dead(self._open):
            self._open.invalidate()
            self.rest()
        connection = self._open or self._begin()
        change = prepared(statement, connection.dialect)
        try:
            cursor = connection.connection.cursor()
            with self._database.in_turn():
                cursor.execute(change.words, change.given(values))
        except connection.dialect.loaded_dbapi.Error as error:
            connection.invalidate()
            self.rest()
            raise told(error, change, connection.dialect) from error
        if not self._kept:
            self.rest()
        return int(cursor.rowcount)

    def _is_dead(self, kept: Connection) -> bool:
        """Tell whether PostgreSQL ended a connection that was kept; the pool looks at those that were not."""
        line = kept.connection.driver_connection
        return self._database.is_postgresql and (line is None or has_spoken(line))

    def rest(self) -> None:
        """Give the connection back."""
        connection, self._open = self._open, None
        if connection:
            connection.close()
        if self._kept:
            self._kept = False
            self._database.may_be_kept.release()

    def _begin(self) -> Connection:
        """Take a connection that commits by itself: SQLite's do where nothing was begun (see `prepare_sqlite`)."""
        options = {"isolation_level": "AUTOCOMMIT"} if self._database.is_postgresql else {}
        self._open = self._database.engine.connect().execution_options(**options)
        self._kept = self._database.may_be_kept.acquire(blocking=False)
        if not self._database.is_postgresql:
            set_up(self._open, read_only=False, timeout=BUSY_SECONDS)
        return self._open


class Prepared:
    """A statement in a database's own words."""

    def __init__(self, statement: Update | Insert, dialect: Dialect) -> None:
        """Compile it."""
        compiled = dialect.statement_compiler(dialect, statement)
        self.words = str(compiled)
        self._fixed = compiled.params
        self._order = compiled.positiontup
        types = {name: bound.type.dialect_impl(dialect) for bound, name in compiled.bind_names.items()}
        found = {name: its.bind_processor(dialect) for name, its in types.items()}
        self._in_its_words: dict[str, Callable[[Any], Any]] = {name: way for name, way in found.items() if way}

    def given(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - by name or in order, as the driver wants them
        """Return values as the driver takes them."""
        every = {**self._fixed, **values}
        for name, way in self._in_its_words.items():
            every[name] = way(every[name])
        return every if self._order is None else [every[name] for name in self._order]


@lru_cache(maxsize=64)
def prepared(statement: Update | Insert, dialect: Dialect) -> Prepared:
    """Return a statement as it goes to such a database; kept, for compiling takes longer than running."""
    return Prepared(statement, dialect)


def told(error: Exception, change: Prepared, dialect: Dialect) -> BaseException:
    """Return a driver's error as SQLAlchemy's, without any value in it."""
    without_row(error)
    return DBAPIError.instance(
        change.words, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
    )
