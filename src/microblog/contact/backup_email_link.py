"""The link that confirms a backup email: what it is bound to, and how it is signed for an email."""

from datetime import datetime, timedelta

from microblog.contact.models import PendingSecondAddress
from microblog.email_context import EmailContext
from microblog.identity import Account
from microblog.links import LinkSigner
from microblog.settings import Settings

PURPOSE = "second_address"
OPEN_FOR = timedelta(days=1)


def second_address_signer(settings: Settings) -> LinkSigner:
    """Return the maker of links that confirm a second address on this site."""
    return LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE))


def link_state(account: Account, pending: PendingSecondAddress) -> tuple[str, str, str]:
    """Return what a link is bound to: it dies with any change of password or first address, and by another asking."""
    return pending.email_key, account.password_hash, account.email_key


def second_address_link(context: EmailContext, account: Account, pending: PendingSecondAddress, ends: datetime) -> str:
    """Return the address of a link that confirms a backup email."""
    token = second_address_signer(context.settings).sign(account.id, *link_state(account, pending), expires=ends)
    return context.links.second_address(token)
