"""Why a backup or a restore is refused, in words for an administrator."""


class BackupRefused(Exception):  # noqa: N818 - a refusal in an administrator's words
    """A backup cannot be made, or cannot be restored; the message says why. Nothing was changed."""


class DatabaseInUse(BackupRefused):
    """The site, a worker or a command uses the database that a backup is to replace."""


class RestoreUnderWay(BackupRefused):
    """The database is just being replaced by a backup."""

    def __init__(self) -> None:
        super().__init__("This database is being restored from a backup. Start again when that has finished.")
