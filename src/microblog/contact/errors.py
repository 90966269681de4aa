"""What changing the email address and the backup email refuse."""

from microblog.refusals import Refusal


class SecondAddressRefused(Refusal):
    """A backup email cannot be added or removed, for a reason the member knows already."""


class BackupIsEmail(SecondAddressRefused):
    """It is the account's email address."""

    code = "backup_is_email"


class BackupExists(SecondAddressRefused):
    """The account has a backup email."""

    code = "backup_exists"


class NoBackup(SecondAddressRefused):
    """The account has no backup email."""

    code = "no_backup"


class BadNewAddress(Refusal):
    """The address that was typed is the member's already."""

    code = "same_email"
