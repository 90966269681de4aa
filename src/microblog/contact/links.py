"""The links of contact: to confirm a new address, to confirm a backup email, and to take an address back."""

from datetime import timedelta

from microblog.contact.models import AddressChange, PendingSecondAddress
from microblog.identity import Account
from microblog.links import EmailedAction, Needs
from microblog.mail import canonical_identifier

BACK_WITHIN = timedelta(days=7)


def change_state(change: AddressChange, account: Account) -> tuple[str, ...]:
    """Return what a link to complete a change of address is bound to."""
    return account.password_hash, account.email_key, change.new_email_key, change.asked_at.isoformat()


def return_state(change: AddressChange, recipient: str) -> tuple[object, ...]:
    """Return what a link to take an address back is bound to. A change of the password does not end it."""
    completed = change.completed_at and change.completed_at.isoformat()
    return change.account_id, change.old_email_key, change.new_email_key, completed, canonical_identifier(recipient)


def backup_email_state(account: Account, pending: PendingSecondAddress) -> tuple[str, str, str]:
    """Return what a link to confirm a backup email is bound to.

    It dies with any change of password or email address, and when another backup email is entered.
    """
    return pending.email_key, account.password_hash, account.email_key


CHANGE_ADDRESS = EmailedAction(
    "change_address", "/account/address/confirm", timedelta(days=1), change_state, needs=Needs.OWNER
)
CONFIRM_BACKUP_EMAIL = EmailedAction(
    "second_address", "/account/second-address/confirm", timedelta(days=1), backup_email_state, needs=Needs.OWNER
)
TAKE_BACK_ADDRESS = EmailedAction(
    "take_back_address", "/account/address/back", BACK_WITHIN, return_state, needs=Needs.TICK
)
