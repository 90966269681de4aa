"""Validators of form fields that several pages share."""

from typing import Any

from wtforms import StringField
from wtforms.validators import ValidationError

from microblog.auth import PasswordRefused, check_password
from microblog.identity import BadUsername, check_new_username
from microblog.mail import BadAddress, parse_address
from microblog.web.forms import BaseForm, typed
from microblog.web.site import this_site
from microblog.words import refusal_text


def valid_username(form: BaseForm, field: StringField) -> None:  # noqa: ARG001 - WTForms' signature
    """Check a username, with the reason in words."""
    try:
        field.data = check_new_username(typed(field))
    except BadUsername as error:
        raise ValidationError(refusal_text(error)) from error


def valid_address(form: BaseForm, field: StringField) -> None:  # noqa: ARG001
    """Check an email address, with the reason in words."""
    try:
        parse_address(typed(field))
    except BadAddress as error:
        raise ValidationError(str(error)) from error


def good_password(form: BaseForm, field: StringField) -> None:
    """Check a password against the rules, and against the name and address on the same form."""
    shortest = this_site().settings.password_min_length
    try:
        check_password(typed(field), shortest=shortest, about=[typed(form["username"]), typed(form["email"])])
    except PasswordRefused as error:
        raise ValidationError(refusal_text(error)) from error


def password_rules() -> dict[str, Any]:
    """Return what the page says about passwords before one is typed."""
    return {"shortest": this_site().settings.password_min_length}
