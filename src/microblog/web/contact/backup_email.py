"""A second address: naming it, confirming it by its letter, removing it."""

from typing import Any

from flask import Blueprint, Response, abort, flash, session, url_for
from flask_login import login_required
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from microblog.contact import (
    PendingSecondAddress,
    SecondAddressNotComplete,
    ask_second_address,
    confirm_second_address,
    opened_second_address,
    remove_second_address,
)
from microblog.identity import SecondAddress, second_of
from microblog.limits import Limit
from microblog.links import NotGenuine, TokenClaims
from microblog.mail import parse_address
from microblog.web.auth.reauthentication import PasswordForm, check, verified_account
from microblog.web.auth.recovery_cooldown import recovery_cooldown
from microblog.web.current_member import current_member_or_none
from microblog.web.fields import valid_address
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.origin import origin
from microblog.web.pages import CONFIRM_SECOND, SECOND_ADDRESS
from microblog.web.protection.rate_limits import spend
from microblog.web.redirects import see_other
from microblog.web.site import this_site

blueprint = Blueprint("second_address", __name__)

LINK = "second_address_link"  # where the session keeps an opened link
CHECK_EMAIL = "Check the inbox of that address: we sent a link there to confirm it."
ADDED = "The backup email is confirmed. Emails about your account now go to both addresses."
REMOVED = "The backup email was removed. We have emailed both addresses about it."


class NameForm(PasswordForm):
    """Name a second address."""

    email = StringField("Backup email", [InputRequired("Please enter an email address."), plain_text, valid_address])


class RemoveForm(PasswordForm):
    """Remove the second address."""


class ConfirmForm(BaseForm):
    """The button that confirms the address; the password is asked for where the member is not signed in."""

    current_password = PasswordField("The password of your account")


NAME = FormPage("account/second_address.html", NameForm)
REMOVE = FormPage("account/remove_second_address.html", RemoveForm)
CONFIRM = FormPage("account/confirm_second_address.html", ConfirmForm)


def present() -> dict[str, Any]:
    """Return the member's second address, and the one that was named and not confirmed yet."""
    site, member = this_site(), current_member_or_none() or abort(401)
    with site.database.reading() as db:
        second = db.get(SecondAddress, member.account_id)
        pending = db.get(PendingSecondAddress, member.account_id)
        counts = second_of(db, member.account_id) is not None
    return {
        "second": second,
        "counts": counts,
        "pending": pending if pending and pending.expires_at > site.now() else None,
        **recovery_cooldown(),
    }


@blueprint.get(SECOND_ADDRESS)
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def page() -> Response:
    """Show the second address, or the form that names one."""
    return NAME.show(NameForm(), **present())


@blueprint.post(SECOND_ADDRESS)
@login_required  # type: ignore[untyped-decorator]
@answers(NAME, present)
def name_post(form: NameForm) -> Response:
    """Post the letter that confirms the address. The answer is the same whoever it belongs to."""
    site = this_site()
    account = verified_account(form)
    per_member = Limit("second addresses per member", site.settings.limits.second_address_per_member)
    with site.database.writing() as db:
        spend(db, (per_member, str(account.id)))
        ask_second_address(db, account, parse_address(typed(form.email)), site.now(), origin())
    flash(CHECK_EMAIL, "letter")
    return see_other(url_for("second_address.page"))


@blueprint.get(f"{SECOND_ADDRESS}/remove")
@login_required  # type: ignore[untyped-decorator]
def remove_page() -> Response:
    """Show what removing means, and the form that does it."""
    return REMOVE.show(RemoveForm(), **present())


@blueprint.post(f"{SECOND_ADDRESS}/remove")
@login_required  # type: ignore[untyped-decorator]
@answers(REMOVE, present)
def remove_post(form: RemoveForm) -> Response:
    """Remove the address."""
    site = this_site()
    account = verified_account(form)
    with site.database.writing() as db:
        remove_second_address(db, account, site.now(), origin())
    flash(REMOVED, "success")
    return see_other(url_for("second_address.page"))


@blueprint.get(CONFIRM_SECOND + "/", defaults={"token": ""})
@blueprint.get(CONFIRM_SECOND + "/<path:token>")
def open_link(token: str) -> Response:
    """Take the token out of the address bar, and change nothing."""
    claims_of(token)
    session[LINK] = token
    return see_other(url_for("second_address.confirm_page"))


@blueprint.get(CONFIRM_SECOND)
def confirm_page() -> Response:
    """Show the button."""
    return CONFIRM.show(ConfirmForm(), **opened())


def opened() -> dict[str, Any]:
    """Return the address that the opened link confirms, and whether the member is signed in here."""
    site, member = this_site(), current_member_or_none()
    with site.database.reading() as db:
        claims = claims_of(session.get(LINK, ""))
        pending, account = opened_second_address(db, site.second_address_signer, claims, site.now())
    mine = bool(member and member.account_id == account.id)
    return {"pending": pending, "mine": mine, **(recovery_cooldown() if mine else {})}


@blueprint.post(CONFIRM_SECOND)
@answers(CONFIRM, opened)
def confirm_post(form: ConfirmForm) -> Response:
    """Add the address: for the member who is signed in here, or whoever knows the password of the account."""
    site, facts = this_site(), opened()
    claims = claims_of(session.get(LINK, ""))
    if not facts["mine"]:
        check(claims.subject, typed(form.current_password), f"backup email {claims.subject}")
    with site.database.writing() as db:
        confirm_second_address(db, site.second_address_signer, claims, site.now(), origin())
    session.pop(LINK, None)
    flash(ADDED, "success")
    return see_other(url_for("second_address.page" if current_member_or_none() else "accounts.login"))


def claims_of(token: str) -> TokenClaims:
    """Read a token, in words for a person where it cannot be."""
    try:
        return this_site().second_address_signer.read(token)
    except NotGenuine as error:
        raise SecondAddressNotComplete from error
