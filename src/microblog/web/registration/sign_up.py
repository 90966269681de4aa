"""Signing up: the form, and the page of the link that creates the account."""

from typing import Any

from flask import Blueprint, Response, flash, session, url_for
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from microblog.mail import parse_address
from microblog.registration import (
    FINISH_SIGN_UP_LINK,
    PendingSignUp,
    check_sign_up_password,
    confirm,
    open_sign_up,
    sign_up,
)
from microblog.web.current_member import NAME, current_member_or_none
from microblog.web.emailed_actions import LinkPage
from microblog.web.fields import good_password, password_rules, valid_address, valid_username
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.recovery.awaited_email import AskedFor, remember_asked
from microblog.web.redirects import see_other, see_other_home
from microblog.web.use_cases import context

blueprint = Blueprint("accounts", __name__)

TYPED_HERE = "signed_up"  # where the session keeps which sign-up was typed in this browser
OTHER_TAB = "You opened another link in this browser since. Nothing was done. This page is now for that other sign-up."


class RegisterForm(BaseForm):
    """Sign up."""

    username = StringField("Username", [InputRequired("Please choose a username."), plain_text, valid_username])
    email = StringField("Email address", [InputRequired("Please type your email address."), plain_text, valid_address])
    password = PasswordField("Password", [InputRequired("Please choose a password."), good_password])
    password2 = PasswordField(
        "Password again",
        [
            InputRequired("Please type the password once more."),
            EqualTo("password", "The two passwords are not the same."),
        ],
    )


class FinishForm(BaseForm):
    """The button that makes the account; the fields are shown only where they are needed."""

    username = StringField("Username")
    password = PasswordField("The password you typed when you signed up")


REGISTER = FormPage("accounts/register.html", RegisterForm)


@blueprint.get("/register")
def register() -> Response:
    """Show the sign-up form."""
    return see_other_home() if current_member_or_none() else REGISTER.show(RegisterForm(), **password_rules())


@blueprint.post("/register")
@answers(REGISTER, password_rules)
def register_post(form: RegisterForm) -> Response:
    """Keep the sign-up and queue its email. The answer is the same whether the address is known or not."""
    address = parse_address(typed(form.email))
    session[TYPED_HERE] = sign_up(context(), typed(form.username), address, typed(form.password))
    return remember_asked(AskedFor.SIGN_UP, typed(form.email))


def facts(pending: PendingSignUp) -> dict[str, Any]:
    """Return what the page shows.

    Elsewhere than where it was typed it takes its password: a stranger may have typed the address, and a mail scanner
    that opens links and presses buttons must not make the account for them.
    """
    return {"pending": pending, "ask_password": session.get(TYPED_HERE) != pending.id}


def press(form: FinishForm, pending: PendingSignUp) -> Response:
    """Make the account. Signing in is a step of its own: an email is no proof of a password."""
    if facts(pending)["ask_password"]:
        check_sign_up_password(context(), pending, typed(form.password))
    username = confirm(context(), pending, form.username.data)
    session.pop(TYPED_HERE, None)
    session[NAME] = username
    flash("Your account is ready. Please sign in.", "success")
    return see_other(url_for("accounts.login"))


PAGE = LinkPage(
    FINISH_SIGN_UP_LINK,
    "sign_up",
    FormPage("accounts/finish.html", FinishForm),
    open_sign_up,
    facts,
    press,
    "accounts/sign_up_over.html",
    shown_for="sign_up",
    other_tab=OTHER_TAB,
    not_genuine=410,
)
