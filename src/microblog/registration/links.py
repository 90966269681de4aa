"""The link of registration."""

from datetime import timedelta

from microblog.links import EmailedAction
from microblog.registration.models import SignUp


def sign_up_state(pending: SignUp) -> tuple[str, str]:
    """Return what a link to finish a sign-up is bound to."""
    return pending.email_key, pending.password_hash


FINISH_SIGN_UP = EmailedAction("finish_sign_up", "/register/finish", timedelta(days=1), sign_up_state)
