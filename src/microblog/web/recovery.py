"""A forgotten password: asking for the letter, opening its link, choosing a new password."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, session, url_for
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from microblog.accounts import Account, BadUsername, check_password, check_username, hash_password, sign_out
from microblog.limits import Limit
from microblog.mail import BadAddress, parse_address
from microblog.recovery import ask, change_password
from microblog.web.accounts import go, password_rules
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.known_browsers import remember_browser
from microblog.web.limits import client, spend
from microblog.web.login import viewer
from microblog.web.origin import origin
from microblog.web.pages import FORGOT, RESET
from microblog.web.site import this_site

blueprint = Blueprint("recovery", __name__)

LINK = "reset_link"  # where the session keeps an opened link
CHECK_EMAIL = "Check your email for the instructions to reset your password"
OTHER_TAB = "You opened another link in this browser since. Nothing was changed. This page is now for the account {}."
CHANGED = (
    "Your password was changed, and everybody who was signed in as you has been signed out. "
    "Please sign in with the new one."
)


def well_formed(form: BaseForm, field: StringField) -> None:  # noqa: ARG001 - WTForms' signature
    """Refuse what can be neither an address nor a username, whoever has one."""
    name = typed(field).strip()
    try:
        parse_address(name) if "@" in name else check_username(name)
    except (BadAddress, BadUsername) as error:
        raise ValidationError(f"That is neither an email address nor a username. {error}") from error


class RequestForm(BaseForm):
    """Ask for a reset letter."""

    email = StringField(
        "Email address or username",
        [InputRequired("Please type your email address or username."), Length(max=254), plain_text, well_formed],
    )


class ResetForm(BaseForm):
    """Choose a new password."""

    password = PasswordField("New password", [InputRequired("Please choose a new password.")])
    password2 = PasswordField(
        "New password again",
        [
            InputRequired("Please type the password once more."),
            EqualTo("password", "The two passwords are not the same."),
        ],
    )


REQUEST = FormPage("recovery/request.html", RequestForm)
RESET_PAGE = FormPage("recovery/reset.html", ResetForm)


@blueprint.get(FORGOT)
def request_page() -> Response:
    """Show the form that asks for a letter; somebody signed in finds their own address in it."""
    member = viewer()
    return REQUEST.show(RequestForm(email=member.email if member else None))


@blueprint.post(FORGOT)
@answers(REQUEST)
def request_post(form: RequestForm) -> Response:
    """Post the letter: one row, the same work and the same words for every well-formed name, known or not."""
    site = this_site()
    limits, now = site.settings.limits, site.now()
    per_client = Limit("reset requests per client", limits.reset_per_client)
    per_site = Limit("reset requests", limits.reset_per_site)
    with site.database.writing() as db:
        spend(db, (per_client, client()), (per_site, "all"))
        ask(db, typed(form.email), now)
    flash(CHECK_EMAIL, "letter")
    return go(url_for("accounts.login"))


@blueprint.get(RESET + "/", defaults={"token": ""})
@blueprint.get(RESET + "/<path:token>")
def open_link(token: str) -> Response:
    """Take the token out of the address bar, where it could be seen, copied or sent on, and change nothing."""
    open_account(token)
    session[LINK] = token
    return go(url_for("recovery.reset_page"))


def open_account(token: str) -> Account:
    """Return the account a living link is for."""
    site = this_site()
    with site.database.reading() as db:
        return site.reset_links.open(db, token, site.now())


@blueprint.get(RESET)
def reset_page() -> Response:
    """Show the form for the new password, if this browser has opened a living link."""
    if LINK not in session:
        return no_link()
    return RESET_PAGE.show(ResetForm(), **opened())


def opened() -> dict[str, Any]:
    """Return what the page shows: whose password it is, and the rules."""
    return {"username": open_account(session.get(LINK, "")).username, **password_rules()}


@blueprint.post(RESET)
@answers(RESET_PAGE, opened)
def reset_post(form: ResetForm) -> Response:
    """Change the password. Of any number of simultaneous tries one wins."""
    site = this_site()
    account = open_account(session.get(LINK, ""))
    if request.form.get("username", account.username) != account.username:
        form.refuse(OTHER_TAB.format(account.username))
        return RESET_PAGE.show(form, 409, **opened())
    about = [account.username, account.email]
    check_password(typed(form.password), shortest=site.settings.password_min_length, about=about)
    password_hash = hash_password(typed(form.password))
    with site.database.writing() as db:
        change_password(db, account, password_hash, site.now(), origin())
        if (member := viewer()) and member.account_id != account.id:
            sign_out(db, member, site.now(), origin())  # somebody else was signed in here; this browser starts afresh
    session.clear()
    remember_browser(account.id, password_hash)
    flash(CHANGED, "success")
    return go(url_for("accounts.login"))


@blueprint.get("/.well-known/change-password")
def change_password_here() -> Response:
    """Lead password managers to the page where a password is changed (W3C change-password URL)."""
    return go(url_for("recovery.request_page"))


def no_link() -> Response:
    """Say that this browser has opened no link."""
    title = "Please open the link in your letter"
    text = "This page works once you have opened the link we sent you, in this browser."
    return Response(render_template("recovery/dead_link.html", title=title, text=text), 400)
