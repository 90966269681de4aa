"""Errors of signing up."""

from microblog.auth import PasswordRefused


class SignUpPasswordMissing(PasswordRefused):
    """The password of a sign-up is needed in another browser."""

    code = "sign_up_password_missing"


class SignUpPasswordWrong(PasswordRefused):
    """It is not the password of this sign-up."""

    code = "sign_up_password_wrong"
