"""The link of registration."""

from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.links import EmailedAction
from microblog.registration.models import SignUp

OPEN_FOR = timedelta(days=1)


def sign_up_state(pending: SignUp) -> tuple[str, str]:
    """Return what a link to finish a sign-up is bound to."""
    return pending.email_key, pending.password_hash


FINISH_SIGN_UP_LINK = EmailedAction("finish_sign_up", "/register/finish", OPEN_FOR, sign_up_state)


def finish_sign_up_link(context: EmailContext, pending: SignUp, ends: datetime) -> str:
    """Return the address of a link that finishes a sign-up."""
    return context.links.signed_url(FINISH_SIGN_UP_LINK, pending.id, pending, expires=ends)
