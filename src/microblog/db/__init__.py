"""The database layer: engine and transactions, column types, upserts, named locks."""

from microblog.db.columns import NEVER_TWICE, Base, Id, Utc
from microblog.db.database import Database
from microblog.db.dialect import DialectName, dialect_name
from microblog.db.errors import is_permanent_error
from microblog.db.group_commit import GroupCommit
from microblog.db.locks import Lock, exclusive
from microblog.db.postgres import TOO_SLOW, no_time_limit, time_limit
from microblog.db.sqlite import BUSY_SECONDS, sqlite_file
from microblog.db.upsert import insert_if_absent, upsert

__all__ = [
    "BUSY_SECONDS", "NEVER_TWICE", "TOO_SLOW", "Base", "Database", "DialectName", "GroupCommit", "Id", "Lock",
    "Utc", "dialect_name", "exclusive", "insert_if_absent", "is_permanent_error", "no_time_limit", "sqlite_file",
    "time_limit", "upsert",
]  # fmt: skip
