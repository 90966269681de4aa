"""Backups: one file that holds the whole database, for SQLite and PostgreSQL alike, and restoring from it.

See docs/decisions/0022-backups-in-one-format.md.
"""

from microblog.backup.errors import BackupRefused, RestoreUnderWay
from microblog.backup.file import Contents, read_contents
from microblog.backup.in_use import exclusive_use, in_use
from microblog.backup.restore import RestoreResult, restore
from microblog.backup.take import take_backup

__all__ = [
    "BackupRefused",
    "Contents",
    "RestoreResult",
    "RestoreUnderWay",
    "exclusive_use",
    "in_use",
    "read_contents",
    "restore",
    "take_backup",
]
