"""Email addresses of an account: changing the primary one, and the backup email."""

from microblog.contact.address_change import OpenedChange, ask_for_address, complete_address_change, open_change
from microblog.contact.backup_email import (
    ADDED_LETTER,
    REMOVED_LETTER,
    SECOND_ADDRESS_LETTER,
    OpenedBackupEmail,
    add_backup_email,
    confirm_backup_email,
    open_backup_email,
    remove_backup_email,
    second_address_signer,
)
from microblog.contact.backup_email_emails import SecondAddressLetters
from microblog.contact.errors import BadNewAddress
from microblog.contact.links import BACK_WITHIN, CHANGE_ADDRESS, CONFIRM_BACKUP_EMAIL, TAKE_BACK_ADDRESS
from microblog.contact.models import AddressChange, PendingSecondAddress

__all__ = [
    "ADDED_LETTER",
    "BACK_WITHIN",
    "CHANGE_ADDRESS",
    "CONFIRM_BACKUP_EMAIL",
    "REMOVED_LETTER",
    "SECOND_ADDRESS_LETTER",
    "TAKE_BACK_ADDRESS",
    "AddressChange",
    "BadNewAddress",
    "OpenedBackupEmail",
    "OpenedChange",
    "PendingSecondAddress",
    "SecondAddressLetters",
    "add_backup_email",
    "ask_for_address",
    "complete_address_change",
    "confirm_backup_email",
    "open_backup_email",
    "open_change",
    "remove_backup_email",
    "second_address_signer",
]
