"""Password reset: requesting the email, opening its link, choosing a new password."""

from typing import Any

from flask import Blueprint, Response, flash, url_for
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from microblog.identity import BadUsername, check_username
from microblog.links import LinkRefused
from microblog.mail import BadAddress, canonical_identifier, clean_identifier, parse_address
from microblog.recovery import (
    RESET_LINK,
    LinkEvent,
    OpenedReset,
    open_reset,
    record_link_event,
    request_reset,
    reset_opened,
    reset_password,
    reset_refused,
)
from microblog.web.auth.known_browsers import keep_token
from microblog.web.current_member import current_member_or_none, prepare_sign_in, remember_wanted, to_sign_in
from microblog.web.deferred import defer
from microblog.web.emailed_actions import LinkPage
from microblog.web.fields import password_rules
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.pages import FORGOT
from microblog.web.protection.repeated_posts import repeatable
from microblog.web.recovery.awaited_email import AskedFor, remember_asked
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.use_cases import context
from microblog.words import refusal_text

blueprint = Blueprint("recovery", __name__)

OTHER_TAB = (
    "You opened another link in this browser since. Nothing was changed. "
    "This page is now for the account {0.account.username}."
)
CHANGED = (
    "Your password has been reset. Everyone who was signed in to your account has been signed out. "
    "Please sign in with the new password."
)


def well_formed(form: "RequestForm", field: StringField) -> None:
    """Refuse what can be neither an address nor a username, whoever has one, and keep what was read out of it."""
    name = clean_identifier(typed(field))
    try:
        form.key = parse_address(name).key if "@" in name else canonical_identifier(check_username(name))
    except (BadAddress, BadUsername) as error:
        why = refusal_text(error) if isinstance(error, BadUsername) else str(error)
        raise ValidationError(f"That is neither an email address nor a username. {why}") from error


class RequestForm(BaseForm):
    """Request a reset email. `key` is what all spellings of a well-formed name share."""

    key = ""
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


@blueprint.get(FORGOT)
def request_page() -> Response:
    """Show the form that requests a reset email; a signed-in member finds their own address in it."""
    member = current_member_or_none()
    return REQUEST.show(RequestForm(email=member.email if member else None))


@blueprint.post(FORGOT)
@repeatable
@answers(REQUEST)
def request_post(form: RequestForm) -> Response:
    """Post the email: one row, the same work and the same words for every well-formed name, known or not."""
    request_reset(context(), form.key, this_site().group_commit)
    remember_wanted()
    return remember_asked(AskedFor.RESET, typed(form.email))


def facts(opened: OpenedReset) -> dict[str, Any]:
    """Return what the page shows: whose password it is, and the rules."""
    return {"username": opened.account.username, **password_rules()}


def press(form: ResetForm, opened: OpenedReset) -> Response:
    """Reset the password. The browser starts afresh, whoever was signed in here."""
    done = reset_password(context(), opened, typed(form.password), record_later, current_member_or_none())
    prepare_sign_in(opened.account.username)
    keep_token(done.browser_token)
    flash(CHANGED, "success")
    return see_other(to_sign_in())


def record_opened(opened: OpenedReset) -> None:
    """Record that a link was opened."""
    record_later(reset_opened(context(), opened))


def record_refused(token: str, refusal: LinkRefused) -> None:
    """Record why a link was refused, where it is certain whose it was."""
    if event := reset_refused(context(), token, refusal):
        record_later(event)


def record_later(event: LinkEvent) -> None:
    """Record what happens with a link, once for each, when the answer has left: opening it changes nothing, and waits
    for nothing. See docs/decisions/0013-links-are-noted-afterwards.md.
    """
    defer(lambda db: record_link_event(db, event), key=event.mark)


PAGE = LinkPage(
    RESET_LINK,
    "reset",
    FormPage("recovery/reset.html", ResetForm),
    open_reset,
    facts,
    press,
    "recovery/dead_link.html",
    shown_for="username",
    is_about=lambda opened: opened.account.username,
    blank_is_missing=False,
    other_tab=OTHER_TAB,
    on_opened=record_opened,
    on_refused=record_refused,
)


@blueprint.get("/.well-known/change-password")
def change_password_here() -> Response:
    """Lead password managers to the form that changes a password (W3C change-password URL); visitors sign in first."""
    return see_other(url_for("account_password.page"))
