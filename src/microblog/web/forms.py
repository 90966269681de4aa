"""Forms: what every field checks, and one way to answer them that never loses what was typed."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, make_response, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import TooManyRequests
from wtforms import Field, Form, StringField, ValidationError

from microblog.auth import PasswordRefused, WrongPassword
from microblog.contact import BadNewAddress
from microblog.identity import BadUsername, TooManyUsernames, UsernameTaken
from microblog.links import LinkRefused
from microblog.mail import clean_identifier
from microblog.posts import PostRefused
from microblog.profiles import AboutRefused, PictureRefused
from microblog.recovery import AddressOfAnother
from microblog.refusals import RateLimited, Refusal
from microblog.web.current_member import ask_to_sign_in
from microblog.web.errors import database_trouble, log_missing_token, went_meanwhile, words_for
from microblog.web.protection.security import protect
from microblog.words import rate_limited, refusal_text

INVALID = 422
VIEW = Callable[..., Any]
FIELD_OF: dict[type[Refusal], str] = {
    PasswordRefused: "password",
    WrongPassword: "current_password",
    UsernameTaken: "username",
    BadUsername: "username",
    BadNewAddress: "email",
    AddressOfAnother: "email",
    PostRefused: "post",
    TooManyUsernames: "username",
    AboutRefused: "about_me",
    PictureRefused: "avatar",
}


class BaseForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A form of this site. Errors that belong to no field are `form_errors`."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # Flask-WTF has no types
        """WTForms options. No CSRF field: `answers` checks the token first, and templates write it themselves."""

        csrf = False

    @property
    def first_wrong(self) -> str | None:
        """The name of the first field that has an error."""
        return next((field.name for field in self if field.errors), None)

    def refuse(self, message: str, field: str | None = None) -> None:
        """Add an error to a field of the form, or to the form as a whole."""
        if field in self._fields:
            self[field].errors = [*self[field].errors, message]
        else:
            self.form_errors.append(message)


def typed(field: StringField) -> str:
    """Return what was typed into a field; nothing is the empty text."""
    return field.data or ""


def plain_text(form: Form, field: Field) -> None:  # noqa: ARG001 - WTForms' signature
    """Refuse control characters and broken text, which no name or address has and some databases cannot keep."""
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in clean_identifier(field.data or "")):
        raise ValidationError("This has characters in it that cannot be used here. Please type it anew.")


@dataclass(frozen=True)
class FormPage:
    """A page that is a form: how it is shown, at first and with errors."""

    template: str
    form: type[BaseForm]

    def show(self, form: BaseForm, status: int = 200, **facts: Any) -> Response:  # noqa: ANN401 - whatever the page shows
        """Render the page around a form."""
        return make_response(render_template(self.template, form=form, **facts), status)


def field_of(refusal: Refusal) -> str | None:
    """Return the field that a refusal is about, None if it is about the form as a whole."""
    return next((name for kind, name in FIELD_OF.items() if isinstance(refusal, kind)), None)


def facts_if_available(facts: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what the page needs, or nothing where the database, already in trouble, would have to be asked."""
    try:
        return facts()
    except DBAPIError:
        return {}


def facts_without_token(error: CSRFError, facts: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what the page needs, for a form that came without its token.

    Raises:
        CSRFError: with the cookie the link is lost that the page was for, and that is no fault of the link.
    """
    try:
        return facts()
    except LinkRefused:
        raise error from None


def answers(page: FormPage, facts: Callable[[], dict[str, Any]] = dict) -> Callable[[VIEW], VIEW]:
    """Make a view answer a form: it is called with a valid one only, and any refusal shows the form again.

    What was typed stays, except passwords, which browsers are never sent back. `facts` are what the page needs besides.
    """

    def decorate(view: VIEW) -> VIEW:
        @wraps(view)
        def answer(**args: Any) -> Any:  # noqa: ANN401 - whatever the view returns
            form = page.form(request.form)  # and nothing else: no JSON, no file in place of a field
            try:
                protect()
                return view(form, **args) if form.validate() else page.show(form, INVALID, **facts())
            except CSRFError as error:
                log_missing_token(error)
                form.refuse(words_for(error))
                return page.show(form, 400, **facts_without_token(error, facts))
            except (TooManyRequests, RateLimited) as refusal:
                form.refuse(rate_limited(refusal.retry_after))
                shown = page.show(form, 429, **facts())
                shown.headers["Retry-After"] = str(refusal.retry_after)
                return shown
            except LinkRefused:  # it ends what the form was for, and has a page
                raise
            except Refusal as refusal:
                form.refuse(refusal_text(refusal), field_of(refusal))
                return page.show(form, INVALID, **facts())
            except DBAPIError as error:
                if went_meanwhile(error):
                    return ask_to_sign_in()
                status, words = database_trouble(error)
                form.refuse(words)
                return page.show(form, status, **facts_if_available(facts))

        answer.checks_csrf = True  # type: ignore[attr-defined] # read by security.check_csrf
        return answer

    return decorate
