"""Locks on the database in use: every command holds a shared one, and a restore an exclusive one.

On SQLite it is a lock on a file beside the database, which the kernel releases when a process dies. On PostgreSQL it is
an advisory lock, which the server releases when a connection ends.
"""

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from microblog.backup.errors import DatabaseInUse, RestoreUnderWay
from microblog.db import Database, sqlite_file
from microblog.db.locks import Lock, try_exclusive, try_shared, unlock_all

log = logging.getLogger(__name__)

LOOK_AGAIN = 5.0  # seconds between two looks whether the lock is still held
CLOSING = 3.0  # seconds that others have to be gone
OTHERS = text(
    "SELECT pid, coalesce(host(client_addr), 'local') AS client FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend' ORDER BY pid"
)


@contextmanager
def in_use(database: Database) -> Iterator[None]:
    """Keep restores away from a database meanwhile.

    Raises:
        RestoreUnderWay: one is under way.
    """
    file = sqlite_file(str(database.engine.url))
    with sharing_file(file) if file else SharedLock(database).held():
        yield


@contextmanager
def exclusive_use(database: Database) -> Iterator[None]:
    """Keep everybody else away from a database meanwhile.

    Raises:
        DatabaseInUse: somebody uses it.
    """
    file = sqlite_file(str(database.engine.url))
    with only_one(file) if file else only_connection(database):
        yield


def lock_file(database: Path) -> Path:
    """Return the file that is locked in place of a SQLite database, which a restore replaces."""
    return database.with_name(f"{database.name}.lock")


@contextmanager
def sharing_file(database: Path) -> Iterator[None]:
    """Hold the shared lock of a SQLite database. Where its folder cannot be used, SQLite says so itself."""
    handle = -1
    with suppress(OSError):
        handle = open_lock(database)
    try:
        if handle >= 0 and not lock(handle, fcntl.LOCK_SH):
            raise RestoreUnderWay
        yield
    finally:
        if handle >= 0:
            os.close(handle)


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the exclusive lock of a SQLite database."""
    handle = open_lock(database)
    try:
        if not lock(handle, fcntl.LOCK_EX):
            raise DatabaseInUse
        yield
    finally:
        os.close(handle)


def open_lock(database: Path) -> int:
    """Open the lock's file for reading, which is enough to lock it, whoever made it."""
    return os.open(lock_file(database), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)


def lock(handle: int, how: int) -> bool:
    """Lock an open file, without waiting."""
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class SharedLock:
    """The shared lock of a PostgreSQL database, taken anew when its connection was lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._stop = threading.Event()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it meanwhile."""
        keeper = threading.Thread(target=self._keep, name="database lock", daemon=True)
        try:
            self._take()
            keeper.start()
            yield
        finally:
            self._stop.set()
            if keeper.is_alive():
                keeper.join(LOOK_AGAIN)
            self._let_go()

    def _take(self) -> None:
        self._connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not try_shared(self._connection, Lock.IN_USE):
            raise RestoreUnderWay

    def _let_go(self) -> None:
        if self._connection:
            release(self._connection)
            self._connection.close()
        self._connection = None

    def _keep(self) -> None:
        """Look now and then whether the connection lives; take the lock anew when it does not."""
        while not self._stop.wait(LOOK_AGAIN):
            try:
                if self._connection:
                    self._connection.execute(text("SELECT 1"))
                else:
                    self._take()
            except SQLAlchemyError:
                self._let_go()
            except RestoreUnderWay:
                log.critical("the database is being restored from a backup, so this process stops")
                os.kill(os.getpid(), signal.SIGTERM)
                return


@contextmanager
def only_connection(database: Database) -> Iterator[None]:
    """Hold the exclusive lock of a PostgreSQL database, to which nobody else is connected as this user."""
    with database.autocommit() as connection:
        try:
            wait_until_alone(connection)
            yield
        finally:
            release(connection)


def release(connection: Connection) -> None:
    """Unlock and close a connection, rather than give it back to its pool: closing alone unlocks a moment later."""
    with suppress(SQLAlchemyError):
        unlock_all(connection)
    connection.invalidate()


def wait_until_alone(connection: Connection) -> None:
    """Take the exclusive lock. PostgreSQL shows a connection for a moment after it was closed, so look a few times.

    Raises:
        DatabaseInUse: others stay.
    """
    deadline = time.monotonic() + CLOSING
    while True:
        taken = try_exclusive(connection, Lock.IN_USE)
        others = connection.execute(OTHERS).all()
        if taken and not others:
            return
        if time.monotonic() > deadline:
            raise DatabaseInUse([(one.pid, one.client) for one in others])
        time.sleep(0.05)
