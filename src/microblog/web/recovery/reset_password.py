"""A forgotten password: asking for the letter, opening its link, choosing a new password."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from microblog.audit import EventType, hash_identifier, record
from microblog.auth import check_password, hash_password, sign_out_member
from microblog.identity import BadUsername, check_username
from microblog.limits import Limit, Verdict
from microblog.mail import BadAddress, canonical_identifier, clean_identifier, parse_address
from microblog.recovery import DeadLink, OpenedReset, ask_by_key, change_password, link_event, note
from microblog.settings import Rate
from microblog.web.auth.known_browsers import remember_browser
from microblog.web.current_member import current_member_or_none, prepare_sign_in, remember_wanted, to_sign_in
from microblog.web.deferred import defer
from microblog.web.errors import NO_LINK_HERE, NOT_OPENED
from microblog.web.fields import password_rules
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.origin import origin
from microblog.web.pages import FORGOT, RESET
from microblog.web.protection.rate_limits import client, count_in_all, insist, may_be_noted, spend
from microblog.web.protection.repeated_posts import repeatable
from microblog.web.recovery.awaited_email import AskedFor, remember_asked
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.words import refusal_text

blueprint = Blueprint("recovery", __name__)

LINK = "reset_link"  # where the session keeps an opened link
RARELY = Rate(1, 600)
TOO_OFTEN = "told_to_wait"
OTHER_TAB = "You opened another link in this browser since. Nothing was changed. This page is now for the account {}."
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
    """Ask for a reset letter. `key` is what all spellings of a well-formed name share."""

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
RESET_PAGE = FormPage("recovery/reset.html", ResetForm)


@blueprint.get(FORGOT)
def request_page() -> Response:
    """Show the form that asks for a letter; somebody signed in finds their own address in it."""
    member = current_member_or_none()
    return REQUEST.show(RequestForm(email=member.email if member else None))


@blueprint.post(FORGOT)
@repeatable
@answers(REQUEST)
def request_post(form: RequestForm) -> Response:
    """Post the email: one row, the same work and the same words for every well-formed name, known or not."""
    post_request(form)
    remember_wanted()
    return remember_asked(AskedFor.RESET, typed(form.email))


def post_request(form: RequestForm) -> None:
    """Count a request and post its email.

    Raises:
        TooManyRequests: there were too many. It is noted, if not too often.
    """
    site = this_site()
    key, now, asked_from = form.key, site.now(), origin()
    count, note_wait = request_counter(), wait_noter(key)

    def count_and_post(db: Session) -> Verdict:
        verdict = count(db)
        if verdict.allowed:
            ask_by_key(db, key, now, asked_from)
        else:
            note_wait(db)
        return verdict

    insist(site.group_commit.write(count_and_post, order=client()))


def wait_noter(key: str) -> Callable[[Session], None]:
    """Return what notes, if not too often, that this requester was told to wait; another's thread may run it.

    It is by a keyed hash of the name: nobody is looked up here.
    """
    site, asking, asked_from = this_site(), client(), origin()

    def note_wait(db: Session) -> None:
        if may_be_noted(db, "reset requests over a limit", key, asking):
            hashed = hash_identifier(site.settings.keys("events")[0], key)
            record(db, None, EventType.RESET_REQUESTED, site.now(), origin=asked_from, detail=TOO_OFTEN, about=hashed)

    return note_wait


def request_counter() -> Callable[[Session], Verdict]:
    """Return what counts this request; it may be run by a thread that answers another.

    What all share is counted first: whoever has that row is alone, so of those who ask at once in two processes no two
    wait for each other.
    """
    limits, asking, network = this_site().settings.limits, client(), origin().network
    of_all, of_client = Limit("reset requests", limits.reset_per_site), limits.reset_per_client

    def count(db: Session) -> Verdict:
        return count_in_all(db, of_all, network, RARELY, (Limit("reset requests per client", of_client), asking))

    return count


@blueprint.get(RESET + "/", defaults={"token": ""})
@blueprint.get(RESET + "/<path:token>")
def open_link(token: str) -> Response:
    """Take the token out of the address bar, where it could be seen, copied or sent on, and change nothing."""
    account = open_reset(token).account
    if request.method == "GET":
        note_link(token, account.id, EventType.RESET_LINK_OPENED)
    session[LINK] = token
    return see_other(url_for("recovery.reset_page"))


def open_reset(token: str) -> OpenedReset:
    """Return what a living link opens; of a dead one it is noted why it was refused."""
    site = this_site()
    try:
        with site.database.reading() as db:
            return site.reset_links.open(db, token, site.now())
    except DeadLink as dead:
        note_refusal(token, dead)
        raise


def note_refusal(token: str, dead: DeadLink) -> None:
    """Note why a link was refused, where it is certain whose it was."""
    if dead.account_id is not None:
        note_link(token, dead.account_id, EventType.RESET_LINK_REFUSED, dead.code)


def note_link(token: str, account_id: int, kind: EventType, why: str = "") -> None:
    """Note what happens with a link, once for each, when the answer has left: opening it changes nothing, and waits for
    nothing. See docs/decisions/0013-links-are-noted-afterwards.md.
    """
    site = this_site()
    event = link_event(site.settings.keys("events")[0], token, account_id, kind, origin(), site.now(), why)
    defer(lambda db: note(db, event), key=event.mark)


@blueprint.get(RESET)
def reset_page() -> Response:
    """Show the form for the new password, if this browser has opened a living link."""
    if LINK not in session:
        return no_link()
    return RESET_PAGE.show(ResetForm(), **opened())


def opened() -> dict[str, Any]:
    """Return what the page shows: whose password it is, and the rules."""
    return {"username": open_reset(session.get(LINK, "")).account.username, **password_rules()}


@blueprint.post(RESET)
@answers(RESET_PAGE, opened)
def reset_post(form: ResetForm) -> Response:
    """Change the password. Of any number of simultaneous tries one wins."""
    site, token = this_site(), session.get(LINK, "")
    found = open_reset(token)
    account = found.account
    if request.form.get("username", account.username) != account.username:
        form.refuse(OTHER_TAB.format(account.username))
        return RESET_PAGE.show(form, 409, **opened())
    count_try(token, found)
    theirs = [account.username, account.email]
    check_password(typed(form.password), shortest=site.settings.password_min_length, about=theirs)
    password_hash = hash_password(typed(form.password))
    try:
        with site.database.writing() as db:
            change_password(db, found, password_hash, site.now(), origin())
            if (member := current_member_or_none()) and member.account_id != account.id:
                sign_out_member(
                    db, member, site.now(), origin()
                )  # somebody else was signed in here; the browser starts afresh
    except DeadLink as dead:
        note_refusal(token, dead)
        raise
    prepare_sign_in(account.username)
    remember_browser(account.id, password_hash)
    flash(CHANGED, "success")
    return see_other(to_sign_in())


def count_try(token: str, found: OpenedReset) -> None:
    """Count one try to choose a password for an account, by whichever link to the same address.

    Each address counts for itself, so that a thief who added one can't use up what the owner has.

    Raises:
        TooManyRequests: when there were too many.
    """
    site = this_site()
    per_account = Limit("reset tries per account", site.settings.limits.reset_tries_per_account)
    try:
        with site.database.writing() as db:
            spend(db, (per_account, f"{found.account.id} {found.proof.email_key}"))
    except TooManyRequests:
        note_link(token, found.account.id, EventType.RESET_LINK_REFUSED, "too_many_tries")
        raise


@blueprint.get("/.well-known/change-password")
def change_password_here() -> Response:
    """Lead password managers to the form that changes a password (W3C change-password URL); visitors sign in first."""
    return see_other(url_for("account_password.page"))


def no_link() -> Response:
    """Say that this browser has opened no link."""
    return Response(render_template("recovery/dead_link.html", title=NOT_OPENED, text=NO_LINK_HERE), 400)
