"""What changing the email address and the backup email refuse."""

from microblog.refusals import LinkOver, Refusal


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


class SecondAddressLink(Refusal):
    """A link that confirms a backup email, and does not work here."""


class SecondAddressOver(SecondAddressLink):
    """It was used, has expired, or belongs to an address that was asked for before another."""

    code = "backup_link_used"


class SecondAddressNotComplete(SecondAddressLink):
    """It was not made here, or was altered on its way."""

    code = "backup_link_incomplete"


class SecondAddressTaken(SecondAddressLink):
    """Its owner has proved to read the emails, so they may know that it belongs to another account."""

    code = "backup_taken"


class BadNewAddress(Refusal):
    """The address that was typed is the member's already."""

    code = "same_email"


class ChangeLinkUsed(LinkOver):
    """The link to change the email address was used, replaced, or the account was changed since."""

    code = "change_link_used"


class ChangeLinkExpired(LinkOver):
    """The link to change the email address is too old."""

    code = "change_link_expired"


class AddressTaken(LinkOver):
    """Another account has the address by now."""

    code = "address_taken"
