"""Errors of changing the email address and the backup email."""

from microblog.refusals import Refusal


class BackupEmailRefused(Refusal):
    """A backup email cannot be added or removed, for a reason the member knows already."""


class BackupIsEmail(BackupEmailRefused):
    """It is the account's email address."""

    code = "backup_is_email"


class BackupExists(BackupEmailRefused):
    """The account has a backup email."""

    code = "backup_exists"


class NoBackup(BackupEmailRefused):
    """The account has no backup email."""

    code = "no_backup"


class BadNewAddress(Refusal):
    """The address that was typed is the member's already."""

    code = "same_email"
