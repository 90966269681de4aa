"""The link that confirms an action: what it is bound to, and how it is signed for an email."""

from datetime import datetime, timedelta

from microblog.auth.action_links import own_links
from microblog.auth.models import Confirmation
from microblog.email_context import EmailContext
from microblog.identity import Account

OPEN_FOR = timedelta(hours=1)


def confirmed_state(asked: Confirmation, account: Account) -> tuple[str, ...]:
    """Return what a link is bound to: the account as it is, the action with all it needs to know, and this asking."""
    return account.password_hash, account.email_key, asked.action, asked.wanted, asked.nonce


def confirmation_link(context: EmailContext, asked: Confirmation, account: Account) -> tuple[str, datetime]:
    """Return the address of a link that is made now, and when it expires."""
    ends = (context.now + OPEN_FOR).replace(microsecond=0)
    token = own_links(context.settings).confirm.sign(asked.id, *confirmed_state(asked, account), expires=ends)
    return context.links.confirm(token), ends
