"""Signing in and out. Every refusal takes the same steps and the same time, whoever has the name that was typed."""

from dataclasses import dataclass, replace

from flask import Flask, Response, flash, request, session, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests
from wtforms import BooleanField, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from microblog.audit import about
from microblog.auth import (
    PasswordChanged,
    Why,
    WrongCredentials,
    hash_password,
    needs_rehash,
    note_refusal,
    sign_in,
    sign_out,
    why_refused,
)
from microblog.identity import Account, find_anyone
from microblog.limits import Limit
from microblog.mail import canonical_identifier
from microblog.settings import Settings
from microblog.web import current_member as logins
from microblog.web.auth.known_browsers import known_here, remember_browser
from microblog.web.current_member import viewer
from microblog.web.drafts import Draft, keep_draft
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.origin import origin
from microblog.web.pages import SIGN_IN
from microblog.web.protection.rate_limits import client, may_be_noted, spend
from microblog.web.recovery.review import review_first
from microblog.web.redirects import go
from microblog.web.registration.sign_up import blueprint
from microblog.web.site import this_site


class LoginForm(BaseForm):
    """Sign in."""

    username = StringField(
        "Username or email address",
        [InputRequired("Please type your username or email address."), Length(max=254), plain_text],
    )
    password = PasswordField("Password", [InputRequired("Please type your password.")])
    remember_me = BooleanField("Remember me for 30 days")
    draft = TextAreaField("Your text")
    draft_of = HiddenField()


LOGIN = FormPage("accounts/login.html", LoginForm)


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Let other pages show this one to whoever was signed out while writing."""
    app.extensions[logins.SHOW_DRAFT] = show_draft


@dataclass(frozen=True)
class Attempt:
    """Somebody tries to sign in: under which name, whose that is, and what this browser is known by to its owner."""

    who: str
    account: Account | None
    known: str
    in_vain: bool = False
    """True once former usernames of this account were tried too often: no password is good by one of them for now."""

    @property
    def by_former_name(self) -> bool:
        """True where what was typed is a former username."""
        return self.account is not None and "@" not in self.who and self.who != self.account.username_key

    @property
    def counts(self) -> list[tuple[Limit, str]]:
        """What a failed try counts against.

        A name counts as it was typed: counting an account's present and former usernames and its address together would
        tell that they belong together. A browser known to the owner has its own allowance, which nobody else can use.
        """
        limits = this_site().settings.limits
        if self.known:
            return [(Limit("sign-ins per known browser", limits.sign_in_per_identifier), self.known)]
        return [
            (Limit("sign-ins per name and client", limits.sign_in_per_identifier), f"{client()} {self.who}"),
            (Limit("sign-ins per name", limits.sign_in_per_account), self.who),
        ]

    @property
    def silent_count(self) -> tuple[Limit, str]:
        """What all former usernames of an account count against together; the same work for any other name.

        Nobody is told when it is used up, so it tells nobody which names belong together.
        """
        limit = Limit("sign-ins by former usernames", this_site().settings.limits.sign_in_per_account)
        return limit, str(self.account.id) if self.account and self.by_former_name else f"name {self.who}"


@blueprint.get(SIGN_IN)
def login() -> Response:
    """Show the sign-in form."""
    if viewer():
        return go(logins.safe_next(request.args.get("next")))
    return LOGIN.show(LoginForm(username=session.get(logins.NAME)))


def show_draft(draft: Draft) -> Response:
    """Show the form with a text whose writer was signed out, to be sent along."""
    form = LoginForm(None, draft=draft.text, draft_of=draft.field, username=session.get(logins.NAME))
    return LOGIN.show(form, 403, wanted=draft.page)


@blueprint.post(SIGN_IN)
@answers(LOGIN)
def login_post(form: LoginForm) -> Response:
    """Sign in, or refuse to."""
    attempt = attempt_of(canonical_identifier(typed(form.username)))
    attempt = count(attempt)
    try:
        secret = check_and_sign_in(attempt, typed(form.password), remember=form.remember_me.data)
    except PasswordChanged:  # perhaps only its hash was renewed, by another sign-in at the same time
        attempt = replace(attempt_of(attempt.who), in_vain=attempt.in_vain)
        secret = check_and_sign_in(attempt, typed(form.password), remember=form.remember_me.data)
    logins.begin(secret, remember=form.remember_me.data)
    keep_draft(typed(form.draft_of), typed(form.draft))
    if attempt.account and attempt.account.deletion_due_at:
        flash("Your account will not be deleted.", "success")
    return go(review_first(logins.safe_next(request.args.get("next"))))


def attempt_of(who: str) -> Attempt:
    """Look the name up."""
    with this_site().database.reading() as db:
        account = find_anyone(db, who)
    return Attempt(who, account, known_here(account))


def count(attempt: Attempt) -> Attempt:
    """Count the try before anything is made of it, as a failed one; a good one is given back.

    Returns the attempt, in vain where former usernames of its account were tried too often.

    Raises:
        TooManyRequests: a limit is reached. It is noted, if not too often.
    """
    site = this_site()
    per_client = (Limit("sign-ins per client", site.settings.limits.sign_in_per_client), client())
    try:
        with site.database.writing() as db:
            spend(db, *([] if attempt.known else [per_client]), *attempt.counts)
            left = attempt.known or site.limits.spend(db, *attempt.silent_count, site.now()).allowed
            return replace(attempt, in_vain=attempt.by_former_name and not left)
    except TooManyRequests:
        with site.database.writing() as db:
            if may_be_noted(db, "sign-ins over a limit", attempt.who):
                note(db, attempt, Why.TOO_OFTEN)
        raise


def check_and_sign_in(attempt: Attempt, password: str, *, remember: bool) -> str:
    """Verify, outside any transaction because it takes its time, and begin a login; return its secret."""
    site = this_site()
    why = why_refused(attempt.account, password) or (Why.TOO_OFTEN if attempt.in_vain else None)
    if why or attempt.account is None:
        note_refused(attempt, why or Why.NO_SUCH_NAME)
        raise WrongCredentials
    account = attempt.account
    new_hash = hash_password(password) if needs_rehash(account.password_hash, password) else None
    known, now = bool(attempt.known), site.now()
    with site.database.writing() as db:
        if before := viewer():
            sign_out(db, before, now, origin())
        secret = sign_in(
            db, account, new_hash=new_hash, remember=remember, known_browser=known, origin=origin(), now=now
        )
        for limit, subject in (*attempt.counts, *([] if attempt.known else [attempt.silent_count])):
            site.limits.give_back(db, limit, subject)
    remember_browser(account.id, new_hash or account.password_hash)
    return secret


def note_refused(attempt: Attempt, why: Why) -> None:
    """Note a refusal by itself; as of nobody where the account was deleted in this moment."""
    database = this_site().database
    try:
        with database.writing() as db:
            note(db, attempt, why)
    except IntegrityError:
        with database.writing() as db:
            note(db, replace(attempt, account=None), Why.NO_SUCH_NAME)


def note(db: Session, attempt: Attempt, why: Why) -> None:
    """Note a refusal."""
    site = this_site()
    hashed = about(site.settings.keys("events")[0], attempt.who)
    note_refusal(db, attempt.account, why, site.now(), origin=origin(), about=hashed)


@blueprint.post("/logout")
def logout() -> Response:
    """End this login, here and for whoever copied its cookie."""
    site = this_site()
    if member := viewer():
        with site.database.writing() as db:
            sign_out(db, member, site.now(), origin())
    session.clear()
    flash("You are signed out.", "success")
    return go(url_for("accounts.login"))
