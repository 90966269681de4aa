"""Signing up, and confirming the email address."""

from microblog.registration.errors import SignUpOver
from microblog.registration.models import SignUp
from microblog.registration.sign_up import (
    SIGN_UP_LETTER,
    PendingSignUp,
    finish,
    just_signed_up,
    opened,
    sign_up,
    sign_up_signer,
)
from microblog.registration.sign_up_emails import SignUpLetters

__all__ = [
    "SIGN_UP_LETTER",
    "PendingSignUp",
    "SignUp",
    "SignUpLetters",
    "SignUpOver",
    "finish",
    "just_signed_up",
    "opened",
    "sign_up",
    "sign_up_signer",
]
