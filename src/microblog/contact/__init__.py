"""Email addresses of an account: changing the primary one, and the backup email."""

from microblog.contact.address_change import BACK_WITHIN, ask_for_address, complete_change, opened_change
from microblog.contact.backup_email import (
    ADDED_LETTER,
    REMOVED_LETTER,
    SECOND_ADDRESS_LETTER,
    ask_second_address,
    confirm_second_address,
    opened_second_address,
    remove_second_address,
    second_address_signer,
)
from microblog.contact.backup_email_emails import SecondAddressLetters
from microblog.contact.errors import BadNewAddress, SecondAddressLink, SecondAddressNotComplete
from microblog.contact.models import AddressChange, PendingSecondAddress

__all__ = [
    "ADDED_LETTER",
    "BACK_WITHIN",
    "REMOVED_LETTER",
    "SECOND_ADDRESS_LETTER",
    "AddressChange",
    "BadNewAddress",
    "PendingSecondAddress",
    "SecondAddressLetters",
    "SecondAddressLink",
    "SecondAddressNotComplete",
    "ask_for_address",
    "ask_second_address",
    "complete_change",
    "confirm_second_address",
    "opened_change",
    "opened_second_address",
    "remove_second_address",
    "second_address_signer",
]
