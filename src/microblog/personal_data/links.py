"""The link that keeps an account from being deleted."""

from datetime import timedelta

from microblog.identity import Account
from microblog.links import EmailedAction, Needs


def deletion_state(account: Account) -> tuple[object, ...]:
    """Return what a link to keep an account is bound to. A change of its password or addresses does not end it."""
    return account.id, account.deletion_due_at and account.deletion_due_at.isoformat()


KEEP_ACCOUNT = EmailedAction("keep_account", "/account/keep", timedelta(days=3), deletion_state, needs=Needs.TICK)
