"""Following and unfollowing members."""

from flask import Blueprint, Response, flash, request
from flask_login import login_required
from sqlalchemy.orm import Session

from microblog import follows
from microblog.identity import Account, BadUsername, check_username, find_by_key, username_key
from microblog.limits import Limit
from microblog.subscriptions import tell_followed
from microblog.web.current_member import current_member, safe_next
from microblog.web.protection.rate_limits import spend
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.text import profile_path

blueprint = Blueprint("follows", __name__)


@blueprint.post("/follow/<username>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def follow(username: str) -> Response:
    """Follow somebody. Doing it twice is harmless."""
    site, my_id = this_site(), current_member().account_id
    with site.database.writing() as db:
        whom = somebody(db, username)
        count_one(db, my_id)
        if follows.follow(db, follower_id=my_id, followed_id=whom.id, now=site.now()):
            tell_followed(db, my_id, whom.id, site.now())
        name = whom.username
    flash(f"You now follow {name}.", "success")
    return back(name)


@blueprint.post("/unfollow/<username>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def unfollow(username: str) -> Response:
    """Follow somebody no longer. Doing it twice is harmless."""
    my_id = current_member().account_id
    with this_site().database.writing() as db:
        whom = somebody(db, username)
        count_one(db, my_id)
        follows.unfollow(db, follower_id=my_id, followed_id=whom.id)
        name = whom.username
    flash(f"You no longer follow {name}.", "success")
    return back(name)


def somebody(db: Session, username: str) -> Account:
    """Find a member by username, and by nothing else.

    Raises:
        NoSuchMember: there is none.
    """
    try:
        found = find_by_key(db, username_key(check_username(username)))
    except BadUsername as error:
        raise follows.NoSuchMember from error
    if found is None:
        raise follows.NoSuchMember
    return found


def count_one(db: Session, account_id: int) -> None:
    """Count against how often a member may follow and unfollow."""
    spend(db, (Limit("follows per member", this_site().settings.limits.follows_per_member), str(account_id)))


def back(username: str) -> Response:
    """Send the browser back to where its form was, or to the member's profile."""
    return see_other(safe_next(request.form.get("back") or profile_path(username)))
