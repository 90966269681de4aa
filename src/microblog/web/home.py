"""Home."""

from flask import Blueprint, render_template
from flask_login import login_required

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@blueprint.get("/index")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def index() -> str:
    """Show the member's home."""
    return render_template("home/index.html")
