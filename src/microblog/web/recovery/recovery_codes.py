"""Recovery codes: making and printing them, and choosing a new password with one."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, render_template, url_for
from flask_login import login_required
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from microblog.auth import check_password, hash_password, sign_out
from microblog.limits import Limit
from microblog.mail import canonical_identifier
from microblog.recovery import (
    CODES,
    BadCode,
    WrongCode,
    codes_left,
    end_own_codes,
    holder_of,
    make_codes,
    read_code,
    refuse_code,
    use_code,
)
from microblog.settings import Rate
from microblog.web.auth.known_browsers import remember_browser
from microblog.web.auth.reauthentication import PasswordForm, proven
from microblog.web.auth.recovery_cooldown import wary
from microblog.web.current_member import begin_afresh, to_sign_in, viewer
from microblog.web.fields import password_rules
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.origin import origin
from microblog.web.pages import RECOVERY_CODE, RECOVERY_CODES
from microblog.web.protection.rate_limits import client, spend, spend_of_all
from microblog.web.recovery.reset_password import well_formed
from microblog.web.redirects import go
from microblog.web.site import this_site

blueprint = Blueprint("recovery_codes", __name__)

RARELY = Rate(3, 1800)  # somebody who mistypes their code has two more tries at once
CHANGED = (
    "Your password has been reset. Everyone who was signed in to your account has been signed out. "
    "That code is used up. {} Please sign in with the new password."
)


def a_code(form: BaseForm, field: StringField) -> None:  # noqa: ARG001 - WTForms' signature
    """Refuse what can be no code, whoever has one."""
    try:
        read_code(typed(field))
    except BadCode as error:
        raise ValidationError(str(error)) from error


class MakeForm(PasswordForm):
    """Make ten codes."""


class EndForm(PasswordForm):
    """End every code."""


class CodeForm(BaseForm):
    """Choose a new password with a code."""

    username = StringField(
        "Username or email address",
        [InputRequired("Please type your username or email address."), Length(max=254), plain_text, well_formed],
    )
    code = StringField(
        "Recovery code", [InputRequired("Please type one of your recovery codes."), Length(max=100), a_code]
    )
    password = PasswordField("New password", [InputRequired("Please choose a new password.")])
    password2 = PasswordField(
        "New password again",
        [
            InputRequired("Please type the password once more."),
            EqualTo("password", "The two passwords are not the same."),
        ],
    )


MAKE = FormPage("account/recovery_codes.html", MakeForm)
USE = FormPage("recovery/code.html", CodeForm)
END = FormPage("account/end_codes.html", EndForm)
ENDED = "Your recovery codes no longer work."


def left() -> dict[str, Any]:
    """Return how many codes the member has."""
    site, member = this_site(), viewer() or abort(401)
    with site.database.reading() as db:
        return {"left": codes_left(db, member.account_id), **wary()}


@blueprint.get(RECOVERY_CODES)
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def codes_page() -> Response:
    """Show how many codes are left, and the form that makes new ones."""
    return MAKE.show(MakeForm(), **left())


@blueprint.post(RECOVERY_CODES)
@login_required  # type: ignore[untyped-decorator]
@answers(MAKE, left)
def codes_post(form: MakeForm) -> Response:
    """Make ten codes and show them, this once: only hashes of them are kept."""
    site = this_site()
    account, now = proven(form), site.now()
    with site.database.writing() as db:
        codes = make_codes(db, site.settings.keys(CODES), account, now, origin())
    facts = {"codes": codes, "username": account.username, "made_at": now, "where": site.settings.public_url}
    return make_response(render_template("account/new_codes.html", **facts))


@blueprint.get(f"{RECOVERY_CODES}/end")
@login_required  # type: ignore[untyped-decorator]
def end_page() -> Response:
    """Say what ending the codes means, and show the form that does it."""
    return END.show(EndForm(), **left())


@blueprint.post(f"{RECOVERY_CODES}/end")
@login_required  # type: ignore[untyped-decorator]
@answers(END, left)
def end_post(form: EndForm) -> Response:
    """End every code. Never refused after a recovery: a thief may have made them."""
    site = this_site()
    account = proven(form)
    with site.database.writing() as db:
        end_own_codes(db, account, site.now(), origin())
    flash(ENDED, "success")
    return go(url_for("recovery_codes.codes_page"))


@blueprint.get(RECOVERY_CODE)
def code_page() -> Response:
    """Show the form for a code and a new password."""
    return USE.show(CodeForm(), **password_rules())


@blueprint.post(RECOVERY_CODE)
@answers(USE, password_rules)
def code_post(form: CodeForm) -> Response:
    """Change the password. A wrong name and a wrong code take the same steps, the same time, and get the same words."""
    site = this_site()
    name, keys = typed(form.username), site.settings.keys(CODES)
    shortest = site.settings.password_min_length
    count_try(name)
    check_password(typed(form.password), shortest=shortest, about=[name])
    with site.database.reading() as db:
        holder = holder_of(db, keys, name, read_code(typed(form.code)))
    if holder:  # more of whom a password may be about is said only to who has proved to be them
        check_password(typed(form.password), shortest=shortest, about=[holder.username, holder.email])
    password_hash = hash_password(typed(form.password))
    if holder is None:
        with site.database.writing() as db:
            refuse_code(db, site.settings.keys("events")[0], name, site.now(), origin())
        raise WrongCode
    with site.database.writing() as db:
        number = use_code(db, keys, holder, read_code(typed(form.code)), password_hash, site.now(), origin())
        if (member := viewer()) and member.account_id != holder.id:
            sign_out(db, member, site.now(), origin())  # somebody else was signed in here; this browser starts afresh
    begin_afresh(holder.username)
    remember_browser(holder.id, password_hash)
    flash(CHANGED.format(words_for(number)), "success")
    return go(to_sign_in())


def count_try(name: str) -> None:
    """Count a try. By name it is counted for each client apart, so that no stranger uses up what the owner has."""
    limits, who = this_site().settings.limits, canonical_identifier(name)
    per_client = Limit("recovery codes per client", limits.recovery_code_per_client)
    per_name = Limit("recovery codes per name and client", limits.recovery_code_per_identifier)
    per_site = Limit("recovery codes", limits.recovery_code_per_site)
    with this_site().database.writing() as db:
        spend(db, (per_client, client()), (per_name, f"{client()} {who}"))
        spend_of_all(db, per_site, origin().network, RARELY)


def words_for(number: int) -> str:
    """Say how many codes are left."""
    if not number:
        return "It was your last one: please make new ones in a day, when that works again."
    return f"You have {number} more {'code' if number == 1 else 'codes'}."
