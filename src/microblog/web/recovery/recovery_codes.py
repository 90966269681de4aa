"""Recovery codes: making and printing them, and choosing a new password with one."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, render_template, url_for
from flask_login import login_required
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from microblog.recovery import BadCode, count_codes, create_recovery_codes, end_own_codes, read_code, use_recovery_code
from microblog.web.auth.known_browsers import keep_token
from microblog.web.auth.reauthentication import PasswordForm, verified_account
from microblog.web.auth.recovery_cooldown import recovery_cooldown
from microblog.web.current_member import current_member_or_none, prepare_sign_in, to_sign_in
from microblog.web.fields import password_rules
from microblog.web.forms import BaseForm, FormPage, answers, plain_text, typed
from microblog.web.pages import RECOVERY_CODE, RECOVERY_CODES
from microblog.web.recovery.reset_password import well_formed
from microblog.web.redirects import see_other
from microblog.web.use_cases import context
from microblog.words import refusal_text

blueprint = Blueprint("recovery_codes", __name__)

CHANGED = (
    "Your password has been reset. Everyone who was signed in to your account has been signed out. "
    "That code is used up. {} Please sign in with the new password."
)


def a_code(form: BaseForm, field: StringField) -> None:  # noqa: ARG001 - WTForms' signature
    """Refuse what can be no code, whoever has one."""
    try:
        read_code(typed(field))
    except BadCode as error:
        raise ValidationError(refusal_text(error)) from error


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


def codes_left() -> dict[str, Any]:
    """Return how many codes the member has."""
    member = current_member_or_none() or abort(401)
    return {"left": count_codes(context(), member.account_id), **recovery_cooldown()}


@blueprint.get(RECOVERY_CODES)
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def codes_page() -> Response:
    """Show how many codes are left, and the form that makes new ones."""
    return MAKE.show(MakeForm(), **codes_left())


@blueprint.post(RECOVERY_CODES)
@login_required  # type: ignore[untyped-decorator]
@answers(MAKE, codes_left)
def codes_post(form: MakeForm) -> Response:
    """Make ten codes and show them, this once: only hashes of them are kept."""
    here, account = context(), verified_account(form)
    codes = create_recovery_codes(here, account)
    where = here.settings.public_url
    facts = {"codes": codes, "username": account.username, "made_at": here.now, "where": where}
    return make_response(render_template("account/new_codes.html", **facts))


@blueprint.get(f"{RECOVERY_CODES}/end")
@login_required  # type: ignore[untyped-decorator]
def end_page() -> Response:
    """Say what ending the codes means, and show the form that does it."""
    return END.show(EndForm(), **codes_left())


@blueprint.post(f"{RECOVERY_CODES}/end")
@login_required  # type: ignore[untyped-decorator]
@answers(END, codes_left)
def end_post(form: EndForm) -> Response:
    """End every code."""
    end_own_codes(context(), verified_account(form))
    flash(ENDED, "success")
    return see_other(url_for("recovery_codes.codes_page"))


@blueprint.get(RECOVERY_CODE)
def code_page() -> Response:
    """Show the form for a code and a new password."""
    return USE.show(CodeForm(), **password_rules())


@blueprint.post(RECOVERY_CODE)
@answers(USE, password_rules)
def code_post(form: CodeForm) -> Response:
    """Choose a new password with a code."""
    done = use_recovery_code(
        context(), typed(form.username), typed(form.code), typed(form.password), current_member_or_none()
    )
    prepare_sign_in(done.username)
    keep_token(done.browser_token)
    flash(CHANGED.format(words_for(done.codes_left)), "success")
    return see_other(to_sign_in())


def words_for(number: int) -> str:
    """Say how many codes are left."""
    if not number:
        return "It was your last one: please make new ones in a day, when that works again."
    return f"You have {number} more {'code' if number == 1 else 'codes'}."
