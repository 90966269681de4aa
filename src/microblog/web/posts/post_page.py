"""A post's own page, deleting it, and taking that back."""

from flask import Blueprint, Response, flash, render_template, request
from flask_login import login_required

from microblog import posts, timeline
from microblog.keyset import MAX_ID, parse_id
from microblog.web.current_member import current_member, safe_next
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.use_cases import context

blueprint = Blueprint("posts", __name__)
DELETED = "deleted"  # the kind of notice that has a button to take it back; its words are the number of the post


@blueprint.get("/post/<number>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def post(number: str) -> str:
    """Show one post."""
    with this_site().database.reading() as db:
        item = timeline.read_post(db, number_in(number))
    return render_template("posts/post.html", item=item)


@blueprint.post("/post/<number>/delete")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def delete(number: str) -> Response:
    """Delete one's own post, and offer to take that back."""
    post_id = number_in(number)
    posts.delete_post(context(), current_member().account_id, post_id)
    flash(str(post_id), DELETED)
    return redirect_back()


@blueprint.post("/post/<number>/restore")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def restore(number: str) -> Response:
    """Take a deletion back."""
    posts.restore_post(context(), current_member().account_id, number_in(number))
    flash("Your post is back.", "success")
    return redirect_back()


def number_in(address: str) -> int:
    """Return the number of a post in an address.

    Raises:
        InvalidCursor: no post could have it.
    """
    number = parse_id(address)
    return MAX_ID if number is None else number


def redirect_back() -> Response:
    """Send the browser back to where its form was."""
    return see_other(safe_next(request.form.get("back")))
