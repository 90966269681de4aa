"""Errors of making and restoring a backup. Nothing was changed then."""

from collections.abc import Sequence

from microblog.refusals import Refusal


class BackupRefused(Refusal):
    """A backup cannot be made, or cannot be restored."""


class DatabaseInUse(BackupRefused):
    """The site, a worker or a command uses the database that a backup is to replace.

    `connections` are those that PostgreSQL knows of: process and client.
    """

    code = "database_in_use"

    def __init__(self, connections: Sequence[tuple[int, str]] | None = None) -> None:
        super().__init__(connections=connections)


class RestoreUnderWay(BackupRefused):
    """The database is just being replaced by a backup."""

    code = "restore_under_way"


class FileExists(BackupRefused):
    """Something has this name already."""

    code = "backup_file_exists"


class FileIsFolder(BackupRefused):
    """A folder has this name."""

    code = "backup_file_is_folder"


class NotWritable(BackupRefused):
    """A file or folder cannot be written."""

    code = "backup_not_writable"


class NoBackupFile(BackupRefused):
    """There is no such file."""

    code = "no_backup_file"


class NotABackup(BackupRefused):
    """The file was not made by `microblog backup`."""

    code = "not_a_backup"


class BackupDamaged(BackupRefused):
    """SQLite found that it is damaged. `path` is empty for the database itself."""

    code = "backup_damaged"


class BackupUnreadable(BackupRefused):
    """SQLite cannot read it. `path` is empty for the database itself."""

    code = "backup_unreadable"


class BackupDangling(BackupRefused):
    """A row refers to one that is missing."""

    code = "backup_dangling"


class BackupTooNew(BackupRefused):
    """A newer version made it."""

    code = "backup_too_new"


class BackupFailed(BackupRefused):
    """The database reported an error while it was copied."""

    code = "backup_failed"


class SchemaTooOld(BackupRefused):
    """The database is not up to date."""

    code = "backup_of_old_schema"


class NoDatabase(BackupRefused):
    """There is no database yet."""

    code = "no_database"
