"""Signing up, and confirming the email address."""

from microblog.registration.emails.sign_up import SAME_ADDRESS, per_address, render_reminder
from microblog.registration.links import FINISH_SIGN_UP_LINK
from microblog.registration.models import SignUp
from microblog.registration.sign_up import PendingSignUp, check_sign_up_password, confirm, open_sign_up, sign_up

__all__ = [
    "FINISH_SIGN_UP_LINK",
    "SAME_ADDRESS",
    "PendingSignUp",
    "SignUp",
    "check_sign_up_password",
    "confirm",
    "open_sign_up",
    "per_address",
    "render_reminder",
    "sign_up",
]
