"""Home: what the members one follows say, and where one says something oneself."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_login import login_required
from wtforms import HiddenField, TextAreaField

from microblog import posts, timeline
from microblog.keyset import NEWEST, Cursor
from microblog.web.current_member import current_member, current_member_or_none
from microblog.web.drafts import forget_draft, keeps_draft, kept_draft
from microblog.web.forms import BaseForm, FormPage, answers, typed
from microblog.web.protection.repeated_posts import repeatable
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.timeline.lists import requested_cursor
from microblog.web.use_cases import context

blueprint = Blueprint("home", __name__)


class ComposerForm(BaseForm):
    """A post to be. `once` names this form, so that sent twice it is stored once."""

    post = TextAreaField("What would you like to say?")
    once = HiddenField()


HOME = FormPage("home/index.html", ComposerForm)


@blueprint.get("/")
@blueprint.get("/index")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def index() -> Response:
    """Show the member's home, a page at a time."""
    form = ComposerForm(once=secrets.token_urlsafe(16), post=kept_draft("post"))
    return HOME.show(form, **home_from(requested_cursor()))


def home_from(cursor: Cursor = NEWEST) -> dict[str, Any]:
    """Return a page of the viewer's home, and whom to follow where it is all there is; nothing for nobody known."""
    member = current_member_or_none()
    if member is None:
        return {}
    with this_site().database.reading() as db:
        page = timeline.home(db, member.account_id, cursor)
        short = cursor == NEWEST and len(page.items) < timeline.PAGE
        suggested = timeline.whom_to_follow(db, member.account_id) if short else ()
    return {"page": page, "newest": cursor == NEWEST, "suggested": suggested, "longest": posts.LONGEST}


@blueprint.post("/")
@blueprint.post("/index")
@repeatable
@keeps_draft("post")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
@answers(HOME, home_from)
def publish(form: ComposerForm) -> Response:
    """Publish a post."""
    said = typed(form.post)
    posts.publish(context(), current_member().account_id, said, once=key_of(form, said))
    forget_draft("post")
    flash("Your post is published.", "success")
    return see_other(url_for("home.index"))


def key_of(form: ComposerForm, said: str) -> str:
    """Return what makes this the same post again: the form and its text, for a browser's Back brings a form back.

    What comes without the form's name, from a program, is the same within a minute.
    """
    return f"{form.once.data or this_site().now().strftime('%Y-%m-%d %H:%M')}\n{said}"
