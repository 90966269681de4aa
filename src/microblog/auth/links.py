"""The link that confirms a sensitive action."""

from datetime import timedelta

from microblog.auth.models import Confirmation
from microblog.identity import Account
from microblog.links import EmailedAction, Needs

OPEN_FOR = timedelta(hours=1)


def confirmed_state(asked: Confirmation, account: Account) -> tuple[str, ...]:
    """Return what a link is bound to: the account as it is, the action with all it needs to know, and this request."""
    return account.password_hash, account.email_key, asked.action, asked.wanted, asked.nonce


CONFIRM_LINK = EmailedAction("confirm", "/account/confirm", OPEN_FOR, confirmed_state, needs=Needs.SESSION)
