"""Reauthentication: asking for the password again before a sensitive action."""

from wtforms import PasswordField
from wtforms.validators import InputRequired

from microblog.auth import reauthenticate
from microblog.identity import Account
from microblog.web.current_member import current_member
from microblog.web.forms import BaseForm, typed
from microblog.web.use_cases import context


class PasswordForm(BaseForm):
    """A form that asks a member for their password."""

    current_password = PasswordField("Your password", [InputRequired("Please type your password.")])


def verified_account(form: PasswordForm) -> Account:
    """Return the member's account if its password was typed, counting the try for this session.

    Raises:
        WrongPassword: it is another one.
        RateLimited: it was tried too often.
    """
    member = current_member()
    return check(member.account_id, typed(form.current_password), f"login {member.session_id}")


def check(account_id: int, password: str, subject: str) -> Account:
    """Return an account if this is its password: `auth.reauthenticate`."""
    return reauthenticate(context(), account_id, password, subject)
