"""Making a backup while the site runs."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from microblog import schema
from microblog.backup import tables
from microblog.backup.errors import BackupFailed, NoDatabase, SchemaTooOld
from microblog.backup.file import Contents, finish, new_file, read_contents
from microblog.db import BUSY_SECONDS, Database, sqlite_file


def take_backup(database: Database, to: Path, now: datetime, *, overwrite: bool = False) -> Contents:
    """Write the whole database, as it is at one moment, into one file; check that, and return what it holds.

    Raises:
        BackupRefused: there is such a file, it cannot be written, or the database is damaged.
    """
    with new_file(to, overwrite=overwrite) as part:
        try:
            fill_file(part, database)
            finish(part, now, "PostgreSQL" if database.is_postgresql else "SQLite")
        except sqlite3.Error as error:
            raise BackupFailed(error=str(error)) from error
        return read_contents(part, called="")


def fill_file(part: Path, database: Database) -> None:
    """Copy the database into an empty file."""
    if file := sqlite_file(str(database.engine.url)):
        copy(file, part)
        return
    if not schema.is_current(database):
        raise SchemaTooOld
    with closing(database_in(part)) as copied:
        schema.upgrade(copied)
        try:
            tables.from_postgresql(database, copied)
        except DBAPIError as error:
            raise BackupFailed(error=str(error.orig).strip()) from error


def copy(file: Path, part: Path) -> None:
    """Copy a SQLite database with SQLite's own backup, in one step: what is written meanwhile is not in it."""
    if not file.exists():
        raise NoDatabase(path=str(file))
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as site, closing(sqlite3.connect(part)) as copied:
        site.backup(copied)


def database_in(path: Path) -> Database:
    """Return the SQLite database in a file."""
    return Database(URL.create("sqlite", database=str(path)).render_as_string(hide_password=False))
