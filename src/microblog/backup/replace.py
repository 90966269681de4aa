"""Putting a file in the place of a SQLite database, so that a crash at any moment leaves one of the two whole."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from microblog.backup.errors import DatabaseInUse
from microblog.backup.file import flush, sidecar_files, unused_path
from microblog.db import BUSY_SECONDS


def replace_file(new: Path, target: Path, now: datetime) -> Path | None:
    """Put a file in the place of a database; keep that beside it, and return where, None where there was none.

    A write-ahead log that a crash left behind belongs to the former database. It is made part of that first; left where
    it is, SQLite would replay it into the new one and corrupt it.

    Raises:
        DatabaseInUse: a program has the former database open.
    """
    name = f"{target.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"
    former = unused_path(target.parent, name) if target.exists() else None
    like = target if former else target.parent
    if former:
        keep_former(target, former)
    own_like(new, like)
    new.replace(target)
    flush(target.parent)
    return former


def keep_former(target: Path, former: Path) -> None:
    """Give the former database a second name, in one file. One that SQLite cannot open is kept file by file."""
    logs = [
        (path, kept) for path, kept in zip(sidecar_files(target), sidecar_files(former), strict=True) if path.exists()
    ]
    for path, kept in logs:
        second_name(path, kept)  # before SQLite is asked, which removes the log of what it cannot open
    try:
        make_one_file(target)
    except sqlite3.DatabaseError:
        logs = []
    finally:
        for _, kept in logs:
            kept.unlink()
    second_name(target, former)
    flush(target.parent)
    for path in sidecar_files(target):
        path.unlink(missing_ok=True)


def second_name(path: Path, kept: Path) -> None:
    """Keep a file under another name too, readable by its owner alone."""
    try:
        kept.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, kept)
        flush(kept)
    kept.chmod(0o600)


def make_one_file(target: Path) -> None:
    """Make the write-ahead log part of a database. SQLite does that for whoever alone has the database open.

    Raises:
        DatabaseInUse: another has it open.
        sqlite3.DatabaseError: it is damaged.
    """
    try:
        with closing(sqlite3.connect(target, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise DatabaseInUse from error
        raise


def own_like(new: Path, like: Path) -> None:
    """Give a file the owner of another, so that the site can open what an administrator restored as root."""
    owner = like.stat()
    with suppress(PermissionError):
        os.chown(new, owner.st_uid, owner.st_gid)
