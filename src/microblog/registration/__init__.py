"""Signing up, and confirming the email address."""

from microblog.registration.emails.sign_up import SAME_ADDRESS, per_address, render_reminder
from microblog.registration.links import FINISH_SIGN_UP_LINK
from microblog.registration.pending import pending_sign_ups
from microblog.registration.sign_up import (
    PendingSignUp,
    cancel_sign_ups,
    check_sign_up_password,
    confirm,
    open_sign_up,
    sign_up,
)

__all__ = [
    "FINISH_SIGN_UP_LINK",
    "SAME_ADDRESS",
    "PendingSignUp",
    "cancel_sign_ups",
    "check_sign_up_password",
    "confirm",
    "open_sign_up",
    "pending_sign_ups",
    "per_address",
    "render_reminder",
    "sign_up",
]
