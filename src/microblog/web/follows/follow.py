"""Following and unfollowing members."""

from flask import Blueprint, Response, flash, request
from flask_login import login_required

from microblog import follows
from microblog.web.current_member import current_member, safe_next
from microblog.web.redirects import see_other
from microblog.web.text import profile_path
from microblog.web.use_cases import context

blueprint = Blueprint("follows", __name__)


@blueprint.post("/follow/<username>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def follow(username: str) -> Response:
    """Follow a member."""
    name = follows.follow(context(), current_member().account_id, username)
    flash(f"You now follow {name}.", "success")
    return redirect_back(name)


@blueprint.post("/unfollow/<username>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def unfollow(username: str) -> Response:
    """Stop following a member."""
    name = follows.unfollow(context(), current_member().account_id, username)
    flash(f"You no longer follow {name}.", "success")
    return redirect_back(name)


def redirect_back(username: str) -> Response:
    """Send the browser back to where its form was, or to the member's profile."""
    return see_other(safe_next(request.form.get("back") or profile_path(username)))
