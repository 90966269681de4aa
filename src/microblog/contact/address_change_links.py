"""The links that complete and take back a change of address: what they are bound to, and how emails get them."""

from datetime import datetime, timedelta

from microblog.auth import own_links
from microblog.contact.models import AddressChange
from microblog.email_context import EmailContext
from microblog.identity import Account
from microblog.mail import canonical_identifier

OPEN_FOR = timedelta(days=1)
BACK_WITHIN = timedelta(days=7)


def change_state(change: AddressChange, account: Account) -> tuple[str, ...]:
    """Return what a link to complete a move is bound to."""
    return account.password_hash, account.email_key, change.new_email_key, change.asked_at.isoformat()


def return_state(change: AddressChange, recipient: str) -> tuple[object, ...]:
    """Return what a link to take an address back is bound to. A change of the password does not end it."""
    completed = change.completed_at and change.completed_at.isoformat()
    return change.account_id, change.old_email_key, change.new_email_key, completed, canonical_identifier(recipient)


def is_stopped(change: AddressChange, account: Account) -> bool:
    """Tell whether the account was recovered since: a move that was begun before is then nobody's wish any more."""
    return account.recovered_at is not None and account.recovered_at > change.asked_at


def change_address_link(context: EmailContext, change: AddressChange, account: Account) -> tuple[str, datetime]:
    """Return the address of a link that completes a move, which is made now, and when it expires."""
    ends = (context.now + OPEN_FOR).replace(microsecond=0)
    signer = own_links(context.settings).change_address
    token = signer.sign(change.id, *change_state(change, account), expires=ends)
    return context.links.change_address(token), ends


def take_back_link(
    context: EmailContext, change: AddressChange, completed_at: datetime, recipient: str
) -> tuple[str, datetime]:
    """Return the address of a link that takes an address back, and when it expires: its week began with the change."""
    ends = (completed_at + BACK_WITHIN).replace(microsecond=0)
    signer = own_links(context.settings).take_back
    token = signer.sign(change.id, *return_state(change, recipient), expires=ends)
    return context.links.take_back_address(token), ends
