"""Signing up, and confirming the email address."""

from microblog.registration.links import FINISH_SIGN_UP
from microblog.registration.models import SignUp
from microblog.registration.sign_up import (
    SIGN_UP_LETTER,
    PendingSignUp,
    check_sign_up_password,
    confirm,
    open_sign_up,
    sign_up,
    sign_up_signer,
)
from microblog.registration.sign_up_emails import SignUpLetters

__all__ = [
    "FINISH_SIGN_UP",
    "SIGN_UP_LETTER",
    "PendingSignUp",
    "SignUp",
    "SignUpLetters",
    "check_sign_up_password",
    "confirm",
    "open_sign_up",
    "sign_up",
    "sign_up_signer",
]
