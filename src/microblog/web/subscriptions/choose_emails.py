"""/account/letters: choosing which emails to get."""

from dataclasses import asdict

from flask import Blueprint, Response, abort, flash
from flask_login import login_required
from wtforms import BooleanField

from microblog.auth import Member
from microblog.subscriptions import Choices, choices_of, choose_emails
from microblog.web.current_member import current_member_or_none
from microblog.web.forms import BaseForm, FormPage, answers
from microblog.web.pages import EMAIL_CHOICES
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.use_cases import context

blueprint = Blueprint("account_letters", __name__)

SAVED = "Saved. This counts from now on, for letters that are on their way too."


class EmailChoicesForm(BaseForm):
    """Choose which emails to get. A box that is not ticked is not sent."""

    followed = BooleanField("When somebody follows me")
    mentioned = BooleanField("When somebody mentions me in a post")
    digest = BooleanField("Once a week, what I missed")


PAGE = FormPage("account/email_choices.html", EmailChoicesForm)


def member_or_503() -> Member:
    """Return the signed-in member, or abort with 503."""
    member = current_member_or_none()
    if member is None:  # the database went away between the two questions
        abort(503)
    return member


@blueprint.get(EMAIL_CHOICES)
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def page() -> Response:
    """Show what was chosen."""
    with this_site().database.reading() as db:
        chosen = choices_of(db, member_or_503().account_id)
    return PAGE.show(EmailChoicesForm(data=asdict(chosen)))


@blueprint.post(EMAIL_CHOICES)
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
@answers(PAGE)
def page_post(form: EmailChoicesForm) -> Response:
    """Keep what was chosen."""
    choose_emails(
        context(), member_or_503().account_id, Choices(form.followed.data, form.mentioned.data, form.digest.data)
    )
    flash(SAVED, "success")
    return see_other(EMAIL_CHOICES)
