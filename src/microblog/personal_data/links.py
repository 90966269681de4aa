"""The link that keeps an account from being deleted."""

from datetime import datetime

from microblog.email_context import EmailContext
from microblog.identity import Account
from microblog.links import EmailedAction, Needs
from microblog.personal_data.periods import DELETED_AFTER


def deletion_state(account: Account) -> tuple[object, ...]:
    """Return what a link to keep an account is bound to. A change of its password or addresses does not end it."""
    return account.id, account.deletion_due_at and account.deletion_due_at.isoformat()


KEEP_LINK = EmailedAction("keep_account", "/account/keep", DELETED_AFTER, deletion_state, needs=Needs.TICK)


def keep_link(context: EmailContext, account: Account, due: datetime) -> str:
    """Return the address of a link that works until the account is due to be deleted."""
    return context.links.signed_url(KEEP_LINK, account.id, account, expires=due)
