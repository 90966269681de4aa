"""Open connections to SQLite, and begin their transactions."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url

BUSY_SECONDS = 5  # how long one transaction waits for another before the request is refused
WAITED = 0.1  # seconds in the queue that count as waiting


def prepare_sqlite(engine: Engine) -> None:
    """Have an engine set up each connection and begin each transaction as here."""
    event.listen(engine, "connect", set_up_connection)
    event.listen(engine, "begin", begin_transaction)


def set_up_connection(connection: Any, record: object) -> None:  # noqa: ANN401, ARG001 - SQLAlchemy's signature
    """Take transactions out of the driver's hands, and make commits survive a power cut (synchronous=FULL)."""
    connection.isolation_level = None
    switch_to_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def switch_to_wal(connection: sqlite3.Connection) -> None:
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


def begin_transaction(connection: Connection) -> None:
    """Begin as a reader, or take the write lock at once: taking it later would fail on a stale snapshot.

    `lazy` is for a person at a prompt, who must not keep the lock while thinking; without `begin` each statement is
    committed by itself. SQLite lets those who find it locked
    sleep and look again, which leaves it idle; so the threads of this process queue for it here.
    """
    options = connection.get_execution_options()
    read_only = options.get("read_only", False)
    timeout = options["busy_timeout"]
    if not read_only and (lock := options.get("write_lock")):  # a FairLock
        left = lock.acquire(timeout)
        timeout = timeout if timeout - left < WAITED else left
    set_pragmas(connection, read_only=read_only, timeout=timeout)
    if options.get("begin", True):
        connection.exec_driver_sql("BEGIN" if read_only or options.get("lazy") else "BEGIN IMMEDIATE")


def set_pragmas(connection: Connection, *, read_only: bool, timeout: float) -> None:
    """Set what a connection may do and how many seconds it waits, unless it was set just so before."""
    wanted = {"query_only": int(read_only), "busy_timeout": round(timeout * 1000)}
    if connection.info.get("pragmas") != wanted:
        for name, value in wanted.items():
            connection.connection.cursor().execute(f"PRAGMA {name}={value}")
        connection.info["pragmas"] = wanted


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite database, None for any other."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
