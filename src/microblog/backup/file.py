"""The file of a backup: a SQLite database with a mark, made whole or not at all, and for its owner alone."""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from microblog import __version__
from microblog.backup.errors import (
    BackupDamaged,
    BackupDangling,
    BackupRefused,
    BackupUnreadable,
    FileExists,
    FileIsFolder,
    NoBackupFile,
    NotABackup,
    NotWritable,
)

MARK = 0x4D42_4B50  # SQLite's application_id of a backup
BESIDE = ("-journal", "-wal", "-shm")
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)  # what file systems without hard links answer
INFO = "CREATE TABLE backup (made_at TEXT NOT NULL, version TEXT NOT NULL, made_from TEXT NOT NULL)"
WAITING = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'held', 'sending')"


@dataclass(frozen=True)
class Contents:
    """The manifest of a backup: its time, version, kind of database, and some counts."""

    made_at: datetime
    version: str
    made_from: str
    members: int
    posts: int
    waiting: int


def unused_path(folder: Path, name: str, suffix: str = "") -> Path:
    """Return a path of this name where there is nothing yet: the second within a second gets a number."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    paths = (folder / f"{one}{suffix}" for one in names)
    return next(path for path in paths if not os.path.lexists(path))


@contextmanager
def new_file(to: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield a new file beside `to`, readable by its owner alone, that takes the place of `to` in the end.

    Raises:
        BackupRefused: there is something at `to`, or nothing can be written there.
    """
    if to.is_dir() or (to.exists() and not overwrite):
        raise refuse_existing(to)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.parent)
    except OSError as error:
        raise NotWritable(path=str(to.parent), error=error.strerror) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        flush(part)
        put_in_place(part, to, overwrite=overwrite)
        flush(to.parent)
    except OSError as error:
        raise NotWritable(path=str(to), error=error.strerror) from error
    finally:
        remove(part)


def refuse_existing(to: Path) -> BackupRefused:
    """Return the refusal where there is something already."""
    return FileIsFolder(path=str(to)) if to.is_dir() else FileExists(path=str(to))


def put_in_place(part: Path, to: Path, *, overwrite: bool) -> None:
    """Give a finished file its name; without `overwrite`, only where nothing has it."""
    if overwrite:
        part.replace(to)
        return
    try:
        to.hardlink_to(part)
    except FileExistsError as error:
        raise refuse_existing(to) from error
    except OSError as error:
        if error.errno not in NO_LINKS or to.exists():
            raise
        part.rename(to)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(database: Path) -> None:
    """Remove a SQLite database with the files beside it, where they are."""
    for path in (database, *sidecar_files(database)):
        with suppress(FileNotFoundError):
            path.unlink()


def sidecar_files(database: Path) -> tuple[Path, ...]:
    """Return the files that SQLite keeps beside a database."""
    return tuple(database.with_name(database.name + suffix) for suffix in BESIDE)


def finish(path: Path, made_at: datetime, made_from: str) -> None:
    """Make a database one file, without a write-ahead log beside it, and mark it as a backup."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute(f"PRAGMA application_id={MARK}")
        connection.execute("DROP TABLE IF EXISTS backup")
        connection.execute(INFO)
        connection.execute("INSERT INTO backup VALUES (?, ?, ?)", (made_at.isoformat(), __version__, made_from))


def unmark(path: Path) -> None:
    """Make a database of a copy of a backup again, in one file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA application_id=0")
        connection.execute("DROP TABLE IF EXISTS backup")


def read_contents(path: Path, called: str | None = None) -> Contents:
    """Check a backup from end to end, and return what it holds.

    Refusals call it `called`; empty is the database itself.

    Raises:
        BackupRefused: it is none, or is damaged.
    """
    called = str(path) if called is None else called
    if not path.is_file():
        raise NoBackupFile(path=str(path))
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            if connection.execute("PRAGMA application_id").fetchone() != (MARK,):
                raise NotABackup(path=str(path))
            check(connection, called)
            return contents_of(connection)
    except sqlite3.DatabaseError as error:
        raise BackupUnreadable(path=called, error=str(error)) from error


def check(connection: sqlite3.Connection, called: str) -> None:
    """Have SQLite check every page, every index and every reference.

    Raises:
        BackupRefused: something is wrong.
    """
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise BackupDamaged(path=called, error="; ".join(map(str, found)))
    if dangling := connection.execute("PRAGMA foreign_key_check").fetchone():
        raise BackupDangling(path=called, table=dangling[0], other=dangling[2])


def contents_of(connection: sqlite3.Connection) -> Contents:
    """Read what a backup says of itself, and count what it holds."""
    made_at, version, made_from = connection.execute("SELECT made_at, version, made_from FROM backup").fetchone()
    asked = ("SELECT count(*) FROM accounts", "SELECT count(*) FROM posts WHERE deleted_at IS NULL", WAITING)
    members, posts, waiting = (int(connection.execute(one).fetchone()[0]) for one in asked)
    return Contents(datetime.fromisoformat(made_at), version, made_from, members, posts, waiting)
