"""Everybody's posts, and those with a tag; each position in them has its own address."""

from flask import Blueprint, abort, render_template, request
from flask_login import login_required

from microblog import timeline
from microblog.positions import NEWEST, Position, read_position
from microblog.posts import read_tag
from microblog.web.site import this_site

blueprint = Blueprint("timeline", __name__)


def position_asked_for() -> Position:
    """Return the position in this page's address.

    Raises:
        BadPosition: there is none such.
    """
    return read_position(request.args.get("older"), request.args.get("newer"))


@blueprint.get("/explore")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def explore() -> str:
    """Show what everybody says."""
    position = position_asked_for()
    with this_site().database.reading() as db:
        page = timeline.explore(db, position)
    return render_template("timeline/explore.html", page=page, newest=position == NEWEST)


@blueprint.get("/tag/<tag>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def tag(tag: str) -> str:
    """Show the posts with a tag, in whatever spelling."""
    position, key = position_asked_for(), read_tag(tag)
    if key is None:
        abort(404)
    with this_site().database.reading() as db:
        page = timeline.by_tag(db, key, position)
    return render_template("timeline/tag.html", page=page, newest=position == NEWEST, tag=key)
