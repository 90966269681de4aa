"""The backup email: adding it, confirming it by an email there, removing it."""

from typing import Any

from flask import Blueprint, Response, abort, flash, url_for
from flask_login import login_required
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from microblog.contact import (
    BACKUP_EMAIL_LINK,
    OpenedBackupEmail,
    add_backup_email,
    backup_email_state,
    confirm_backup_email,
    open_backup_email,
    remove_backup_email,
)
from microblog.mail import parse_address
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.auth.recovery_cooldown import recovery_cooldown
from microblog.web.current_member import current_member_or_none
from microblog.web.emailed_actions import LinkPage, owner_here
from microblog.web.fields import valid_address
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.pages import SECOND_ADDRESS
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

blueprint = Blueprint("second_address", __name__)

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


NAME = FormPage("account/backup_email.html", NameForm)
REMOVE = FormPage("account/remove_backup_email.html", RemoveForm)


def current_and_pending() -> dict[str, Any]:
    """Return the member's second address, and the one that was named and not confirmed yet."""
    member = current_member_or_none() or abort(401)
    state = backup_email_state(context(), member.account_id)
    return {"second": state.current, "counts": state.counts, "pending": state.pending, **recovery_cooldown()}


@blueprint.get(SECOND_ADDRESS)
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def page() -> Response:
    """Show the second address, or the form that names one."""
    return NAME.show(NameForm(), **current_and_pending())


@blueprint.post(SECOND_ADDRESS)
@login_required  # type: ignore[untyped-decorator]
@answers(NAME, current_and_pending)
def name_post(form: NameForm) -> Response:
    """Email the link that confirms the address. The answer is the same whoever it belongs to."""
    account = verified_account(form)
    add_backup_email(context(), account, parse_address(typed(form.email)))
    flash(CHECK_EMAIL, "email")
    return see_other(url_for("second_address.page"))


@blueprint.get(f"{SECOND_ADDRESS}/remove")
@login_required  # type: ignore[untyped-decorator]
def remove_page() -> Response:
    """Show what removing means, and the form that does it."""
    return REMOVE.show(RemoveForm(), **current_and_pending())


@blueprint.post(f"{SECOND_ADDRESS}/remove")
@login_required  # type: ignore[untyped-decorator]
@answers(REMOVE, current_and_pending)
def remove_post(form: RemoveForm) -> Response:
    """Remove the address."""
    remove_backup_email(context(), verified_account(form))
    flash(REMOVED, "success")
    return see_other(url_for("second_address.page"))


def facts(opened: OpenedBackupEmail) -> dict[str, Any]:
    """Return what the page of the link shows: the address, and what a recent recovery forbids."""
    return {"pending": opened.pending, **(recovery_cooldown() if owner_here(opened.account) else {})}


def press(form: ConfirmForm, opened: OpenedBackupEmail) -> Response:  # noqa: ARG001 - every page is answered so
    """Add the address."""
    confirm_backup_email(context(), opened)
    flash(ADDED, "success")
    return see_other(url_for("second_address.page" if current_member_or_none() else "accounts.login"))


PAGE = LinkPage(
    BACKUP_EMAIL_LINK,
    "second_address",
    FormPage("account/confirm_backup_email.html", ConfirmForm),
    open_backup_email,
    facts,
    press,
    "account/backup_email_link.html",
)
