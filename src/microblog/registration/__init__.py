"""Signing up, and confirming the email address."""

from microblog.registration.emails.sign_up import SAME_ADDRESS, per_address, render_reminder
from microblog.registration.errors import SignUpLinkIncomplete, SignUpOver
from microblog.registration.pending import pending_sign_ups
from microblog.registration.sign_up import (
    PendingSignUp,
    cancel_sign_ups,
    finish,
    just_signed_up,
    opened,
    sign_up,
)
from microblog.registration.sign_up_link import sign_up_signer

__all__ = [
    "SAME_ADDRESS",
    "PendingSignUp",
    "SignUpLinkIncomplete",
    "SignUpOver",
    "cancel_sign_ups",
    "finish",
    "just_signed_up",
    "opened",
    "pending_sign_ups",
    "per_address",
    "render_reminder",
    "sign_up",
    "sign_up_signer",
]
