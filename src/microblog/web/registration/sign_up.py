"""Signing up: the form, the letter's link, and the button that makes the account."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, session, url_for
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from microblog.auth import PasswordRefused, hash_password, verify_password
from microblog.identity import check_new_username
from microblog.limits import Limit
from microblog.links import NotGenuine, TokenClaims
from microblog.mail import Address, parse_address
from microblog.registration import PendingSignUp, SignUpLinkIncomplete, finish, just_signed_up, opened, sign_up
from microblog.settings import UNLIMITED, Rate
from microblog.web.current_member import NAME, current_member_or_none
from microblog.web.fields import good_password, password_rules, refuse_names_of_site, valid_address, valid_username
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.origin import origin
from microblog.web.pages import FINISH_SIGN_UP
from microblog.web.protection.rate_limits import client, spend, spend_of_all
from microblog.web.recovery.awaited_email import AskedFor, remember_asked
from microblog.web.redirects import see_other, see_other_home
from microblog.web.site import this_site

blueprint = Blueprint("accounts", __name__)


ASKER = Limit("who asks for a sign-up letter", UNLIMITED)  # only for its hash


LINK = "sign_up_link"  # where the session keeps an opened link


TYPED_HERE = "signed_up"  # and which sign-up was typed in this browser


RARELY = Rate(3, 1800)  # somebody who mistypes their address has two more tries at once


OTHER_TAB = "You opened another link in this browser since. Nothing was done. This page is now for that other sign-up."


class SignUpPasswordMissing(PasswordRefused):
    """The password of a sign-up is needed in another browser."""

    code = "sign_up_password_missing"


class SignUpPasswordWrong(PasswordRefused):
    """It is not the password of this sign-up."""

    code = "sign_up_password_wrong"


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
    sign_up = HiddenField()


REGISTER = FormPage("accounts/register.html", RegisterForm)


FINISH = FormPage("accounts/finish.html", FinishForm)


@blueprint.get("/register")
def register() -> Response:
    """Show the sign-up form."""
    return see_other_home() if current_member_or_none() else REGISTER.show(RegisterForm(), **password_rules())


@blueprint.post("/register")
@answers(REGISTER, password_rules)
def register_post(form: RegisterForm) -> Response:
    """Keep the sign-up and post its letter. The answer is the same whether the address is known or not."""
    site = this_site()
    limits, now = site.settings.limits, site.now()
    per_client = Limit("sign-ups per client", limits.sign_up_per_client)
    per_site = Limit("sign-ups", limits.sign_up_per_site)
    refuse_names_of_site(typed(form.username))
    address = parse_address(typed(form.email))
    with site.database.writing() as db:
        spend(db, (per_client, client()))
        spend_of_all(db, per_site, origin().network, RARELY)
    session[TYPED_HERE] = keep_sign_up(typed(form.username), address, typed(form.password), now)
    return remember_asked(AskedFor.SIGN_UP, typed(form.email))


def keep_sign_up(username: str, address: Address, password: str, now: datetime) -> int:
    """Keep a sign-up and return its number. The same once more within a minute is a double click, and the same one."""
    site, password_hash = this_site(), hash_password(password)
    database, asker = site.database, site.limits.key(ASKER, client())
    with database.writing() as db:
        before = just_signed_up(db, username=username, address=address, now=now)
        if before is None:
            return sign_up(db, username=username, address=address, password_hash=password_hash, now=now, asker=asker)
    if verify_password(before.password_hash, password):
        return before.id
    with database.writing() as db:
        return sign_up(db, username=username, address=address, password_hash=password_hash, now=now, asker=asker)


@blueprint.get(FINISH_SIGN_UP + "/", defaults={"token": ""})
@blueprint.get(FINISH_SIGN_UP + "/<path:token>")
def open_link(token: str) -> Response:
    """Take the token out of the address bar, and change nothing."""
    site = this_site()
    with site.database.reading() as db:
        opened(db, site.sign_up_signer, claims_of(token), site.now())
    session[LINK] = token
    return see_other(url_for("accounts.finish_page"))


@blueprint.get(FINISH_SIGN_UP)
def finish_page() -> Response:
    """Show the button that finishes the sign-up."""
    return FINISH.show(FinishForm(), **pending())


def pending() -> dict[str, Any]:
    """Return the sign-up this browser opened the letter of.

    Elsewhere than where it was typed it takes its password: a stranger may have typed the address, and a mail scanner
    that opens links and presses buttons must not make the account for them.
    """
    site = this_site()
    with site.database.reading() as db:
        found = opened(db, site.sign_up_signer, claims_of(session.get(LINK, "")), site.now())
    return {"pending": found, "ask_password": session.get(TYPED_HERE) != found.id}


@blueprint.post(FINISH_SIGN_UP)
@answers(FINISH, pending)
def finish_post(form: FinishForm) -> Response:
    """Make the account. Signing in is a step of its own: a letter is no proof of a password."""
    site = this_site()
    facts = pending()
    if form.sign_up.data and form.sign_up.data != str(facts["pending"].id):
        form.refuse(OTHER_TAB)
        return FINISH.show(form, 409, **facts)
    if facts["ask_password"]:
        check_its_password(facts["pending"], typed(form.password))
    chosen = check_new_username(form.username.data) if form.username.data else None
    if chosen:
        refuse_names_of_site(chosen)
    with site.database.writing() as db:
        account = finish(db, site.sign_up_signer, claims_of(session.get(LINK, "")), chosen, site.now(), origin())
    session.pop(LINK, None)
    session.pop(TYPED_HERE, None)
    session[NAME] = account.username
    flash("Your account is ready. Please sign in.", "success")
    return see_other(url_for("accounts.login"))


def check_its_password(found: PendingSignUp, password: str) -> None:
    """Refuse all but the password that was typed when this was signed up, and guessing at it.

    Raises:
        SignUpPasswordMissing, SignUpPasswordWrong: it is another.
    """
    if not password:
        raise SignUpPasswordMissing
    site = this_site()
    with site.database.writing() as db:
        spend(db, (Limit("tries to finish a sign-up", site.settings.limits.sign_in_per_identifier), str(found.id)))
    if not verify_password(found.password_hash, password):
        raise SignUpPasswordWrong


def claims_of(token: str) -> TokenClaims:
    """Read a token, in words for a person where it cannot be."""
    try:
        return this_site().sign_up_signer.read(token)
    except NotGenuine as error:
        raise SignUpLinkIncomplete from error
