"""Email addresses of an account: changing the primary one, and the backup email."""

from microblog.contact.address_change import complete_change, opened_change
from microblog.contact.address_change_links import BACK_WITHIN
from microblog.contact.backup_email import (
    ask_second_address,
    confirm_second_address,
    opened_second_address,
    remove_second_address,
)
from microblog.contact.backup_email_link import second_address_signer
from microblog.contact.errors import BadNewAddress, SecondAddressLink, SecondAddressNotComplete
from microblog.contact.models import AddressChange, PendingSecondAddress
from microblog.contact.request_address_change import begin_address_change, request_address_change

__all__ = [
    "BACK_WITHIN",
    "AddressChange",
    "BadNewAddress",
    "PendingSecondAddress",
    "SecondAddressLink",
    "SecondAddressNotComplete",
    "ask_second_address",
    "begin_address_change",
    "complete_change",
    "confirm_second_address",
    "opened_change",
    "opened_second_address",
    "remove_second_address",
    "request_address_change",
    "second_address_signer",
]
