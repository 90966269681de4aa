"""The link that finishes a sign-up: what it is bound to, and how it is signed for an email."""

from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.links import LinkSigner
from microblog.registration.models import SignUp
from microblog.settings import Settings

PURPOSE = "finish_sign_up"
OPEN_FOR = timedelta(days=1)


def sign_up_signer(settings: Settings) -> LinkSigner:
    """Return the maker of links that finish a sign-up on this site."""
    return LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE))


def link_state(pending: SignUp) -> tuple[str, str]:
    """Return what a link to finish a sign-up is bound to."""
    return pending.email_key, pending.password_hash


def finish_sign_up_link(context: EmailContext, pending: SignUp, ends: datetime) -> str:
    """Return the address of a link that finishes a sign-up."""
    token = sign_up_signer(context.settings).sign(pending.id, *link_state(pending), expires=ends)
    return context.links.finish_sign_up(token)
