"""Everybody's posts, and those with a tag; each page of them has its own address."""

from flask import Blueprint, abort, render_template, request
from flask_login import login_required

from microblog import timeline
from microblog.keyset import NEWEST, Cursor, parse_cursor
from microblog.posts import read_tag
from microblog.web.site import this_site

blueprint = Blueprint("timeline", __name__)


def requested_cursor() -> Cursor:
    """Return the cursor in this page's address.

    Raises:
        InvalidCursor: there is none such.
    """
    return parse_cursor(request.args.get("older"), request.args.get("newer"))


@blueprint.get("/explore")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def explore() -> str:
    """Show what everybody says."""
    cursor = requested_cursor()
    with this_site().database.reading() as db:
        page = timeline.explore(db, cursor)
    return render_template("timeline/explore.html", page=page, newest=cursor == NEWEST)


@blueprint.get("/tag/<tag>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def tag(tag: str) -> str:
    """Show the posts with a tag, in whatever spelling."""
    cursor, key = requested_cursor(), read_tag(tag)
    if key is None:
        abort(404)
    with this_site().database.reading() as db:
        page = timeline.by_tag(db, key, cursor)
    return render_template("timeline/tag.html", page=page, newest=cursor == NEWEST, tag=key)
