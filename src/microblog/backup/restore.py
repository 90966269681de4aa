"""Putting a backup in the place of the database.

A copy of the backup is brought up to date and made safe first: sessions ended, waiting emails held, a new generation of
keys begun. Only then does it take the database's place, by one rename or one transaction.
"""

import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from microblog import schema
from microblog.auth.sessions import end_all_sessions
from microblog.backup import tables
from microblog.backup.errors import BackupTooNew
from microblog.backup.file import Contents, flush, read_contents, remove, unmark, unused_path
from microblog.backup.replace import replace_file
from microblog.backup.take import database_in, take_backup
from microblog.db import Database, sqlite_file
from microblog.digests import skip_overdue_digests
from microblog.mail import forget_workers, hold_all
from microblog.restores import record_restore

UNFINISHED = ".microblog-restore-"
SKIPPED_NUMBERS = 1_000_000  # of each table: more than are given out between two backups


@dataclass(frozen=True)
class RestoreResult:
    """The result of a restore: sessions ended, emails held, and the path of the former database."""

    contents: Contents
    sessions: int
    held: int
    former: Path | None


def restore(file: Path, database: Database, now: datetime) -> RestoreResult:
    """Restore a backup. The caller makes sure that nobody uses the database: `in_use.alone`.

    Raises:
        BackupRefused: the file is no backup, is damaged, or was made by a newer version.
    """
    contents = read_contents(file)
    target = sqlite_file(str(database.engine.url))
    if target:
        forget_killed_restores(target.parent)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=target.parent if target else None) as folder:
        copied = Path(folder) / "restored.db"
        shutil.copyfile(file, copied)
        copied.chmod(0o600)
        sessions, held = make_safe(copied, contents, now)
        former = replace_file(copied, target, now) if target else replace_tables(copied, database, file, now)
    return RestoreResult(contents, sessions, held, former)


def forget_killed_restores(folder: Path) -> None:
    """Remove the copies of restores that were killed; no other is under way."""
    for left in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def make_safe(copied: Path, contents: Contents, now: datetime) -> tuple[int, int]:
    """Bring a copy up to date, and end in it what the past must not bring back; return how many sessions and emails."""
    with closing(database_in(copied)) as database:
        try:
            schema.upgrade(database)
        except schema.SchemaTooNew as error:
            raise BackupTooNew from error
        with database.writing() as session:
            sessions, held = end_the_past(session, contents, now)
            tables.skip_numbers(session.connection(), SKIPPED_NUMBERS)
    unmark(copied)
    flush(copied)
    return sessions, held


def end_the_past(session: Session, contents: Contents, now: datetime) -> tuple[int, int]:
    """End every session and link from before, and hold the emails that waited; return how many of each."""
    record_restore(session, contents.made_at, now)
    forget_workers(session)
    skip_overdue_digests(session, now)
    return end_all_sessions(session), hold_all(session)


def replace_tables(copied: Path, database: Database, file: Path, now: datetime) -> Path | None:
    """Put the rows in the place of those in PostgreSQL; back up what was there before, and return where that is."""
    former = None
    if schema.is_current(database):
        former = unused_path(file.parent, f"before-restore-{now:%Y%m%dT%H%M%SZ}", ".db")
        take_backup(database, former, now)
    else:
        schema.upgrade(database)
    with closing(database_in(copied)) as source:
        tables.to_postgresql(source, database)
    remove(copied)
    return former
