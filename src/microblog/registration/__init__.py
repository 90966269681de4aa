"""Signing up, and confirming the email address."""

from microblog.registration.emails.sign_up import SAME_ADDRESS, per_address, render_reminder
from microblog.registration.errors import SignUpLinkIncomplete, SignUpOver
from microblog.registration.models import SignUp
from microblog.registration.sign_up import (
    PendingSignUp,
    finish,
    just_signed_up,
    opened,
    sign_up,
)
from microblog.registration.sign_up_link import sign_up_signer

__all__ = [
    "SAME_ADDRESS",
    "PendingSignUp",
    "SignUp",
    "SignUpLinkIncomplete",
    "SignUpOver",
    "finish",
    "just_signed_up",
    "opened",
    "per_address",
    "render_reminder",
    "sign_up",
    "sign_up_signer",
]
