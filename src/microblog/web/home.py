"""Home, and the page that machines ask whether the site is well."""

from flask import Blueprint, Response, jsonify, render_template
from flask_login import login_required

from microblog.ops import database_answers
from microblog.web.site import this_site

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@blueprint.get("/index")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def index() -> str:
    """Show the member's home."""
    return render_template("home/index.html")


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Answer 200 while the site can do its work, 503 while it cannot."""
    well = database_answers(this_site().database)
    return jsonify(database="ok" if well else "away"), 200 if well else 503
