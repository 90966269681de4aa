"""The link that keeps an account from being deleted: what it is bound to, and how it is signed for an email."""

from datetime import datetime

from microblog.auth import own_links
from microblog.email_context import EmailContext
from microblog.identity import Account


def deletion_state(account: Account) -> tuple[object, ...]:
    """Return what a link to keep an account is bound to. A change of its password or addresses does not end it."""
    return account.id, account.deletion_due_at and account.deletion_due_at.isoformat()


def keep_link(context: EmailContext, account: Account, due: datetime) -> str:
    """Return the address of a link that works until the account is due to be deleted."""
    keep = own_links(context.settings).keep
    token = keep.sign(account.id, *deletion_state(account), expires=due.replace(microsecond=0))
    return context.links.keep_account(token)
