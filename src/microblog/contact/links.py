"""The links of contact: to confirm a new address, to confirm a backup email, and to take an address back."""

from datetime import datetime, timedelta

from microblog.contact.models import AddressChange, PendingBackupEmail
from microblog.email_context import EmailContext
from microblog.identity import Account
from microblog.links import EmailedAction, Needs
from microblog.mail import canonical_identifier

OPEN_FOR = timedelta(days=1)
BACK_WITHIN = timedelta(days=7)


def change_state(change: AddressChange, account: Account) -> tuple[str, ...]:
    """Return what a link to complete a change of address is bound to."""
    return account.password_hash, account.email_key, change.new_email_key, change.asked_at.isoformat()


def return_state(change: AddressChange, recipient: str) -> tuple[object, ...]:
    """Return what a link to take an address back is bound to. A change of the password does not end it."""
    completed = change.completed_at and change.completed_at.isoformat()
    return change.account_id, change.old_email_key, change.new_email_key, completed, canonical_identifier(recipient)


def backup_email_state(account: Account, pending: PendingBackupEmail) -> tuple[str, str, str]:
    """Return what a link to confirm a backup email is bound to.

    It dies with any change of password or email address, and when another backup email is entered.
    """
    return pending.email_key, account.password_hash, account.email_key


CHANGE_ADDRESS_LINK = EmailedAction(
    "change_address", "/account/address/confirm", OPEN_FOR, change_state, needs=Needs.OWNER
)
BACKUP_EMAIL_LINK = EmailedAction(
    "second_address", "/account/second-address/confirm", OPEN_FOR, backup_email_state, needs=Needs.OWNER
)
TAKE_BACK_LINK = EmailedAction(
    "take_back_address", "/account/address/back", BACK_WITHIN, return_state, needs=Needs.TICK
)


def is_stopped(change: AddressChange, account: Account) -> bool:
    """Return True if the account was recovered since: a change that was begun before is then nobody's wish any more."""
    return account.recovered_at is not None and account.recovered_at > change.asked_at


def change_address_link(context: EmailContext, change: AddressChange, account: Account) -> tuple[str, datetime]:
    """Return the address of a link that completes a change, which is made now, and when it expires."""
    ends = (context.now + OPEN_FOR).replace(microsecond=0)
    return context.links.signed_url(CHANGE_ADDRESS_LINK, change.id, change, account, expires=ends), ends


def take_back_link(
    context: EmailContext, change: AddressChange, completed_at: datetime, recipient: str
) -> tuple[str, datetime]:
    """Return the address of a link that takes an address back, and when it expires: its week began with the change."""
    ends = (completed_at + BACK_WITHIN).replace(microsecond=0)
    return context.links.signed_url(TAKE_BACK_LINK, change.id, change, recipient, expires=ends), ends


def backup_email_link(context: EmailContext, account: Account, pending: PendingBackupEmail, ends: datetime) -> str:
    """Return the address of a link that confirms a backup email."""
    return context.links.signed_url(BACKUP_EMAIL_LINK, account.id, account, pending, expires=ends)
