"""Members: their pages, whom they follow and who follows them, their pictures, and editing one's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy.orm import Session
from wtforms import BooleanField, FileField, StringField, TextAreaField
from wtforms.validators import InputRequired

from microblog import follows, profiles, timeline
from microblog.follows import Person
from microblog.keyset import NEWEST, Cursor, Page
from microblog.profiles import LARGEST_FILE, LONGEST_ABOUT, Portrait, ProfileEdit, file_too_large
from microblog.web.current_member import current_member, current_member_or_none
from microblog.web.drafts import forget_draft, keeps_draft, kept_draft
from microblog.web.forms import VIEW, BaseForm, FormPage, answers, plain_text, typed
from microblog.web.protection.repeated_posts import repeatable
from microblog.web.protection.security import refuse_many_fields
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.web.text import about_text
from microblog.web.timeline.lists import requested_cursor
from microblog.web.use_cases import context
from microblog.words import refusal_text

blueprint = Blueprint("profiles", __name__)

LARGEST_UPLOAD = LARGEST_FILE + 1024 * 1024  # bytes; so that one a little too large is told so, with what was typed
IN_MEMORY = 256 * 1024  # bytes, of words; Werkzeug counts by it what it has just read of a picture, too
KEPT = "private, no-cache"  # by the browser alone, which asks each time whether it is still the same
KEPT_FOR_EVER = "private, max-age=31536000, immutable"
NOTHING_IN_IT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
SAVED = "Your profile is saved."
RENAMED = "Your profile is saved. Links to your former username lead here."
List = Callable[[Session, int, Cursor], Page[Person]]


class ProfileForm(BaseForm):
    """The public profile of a member."""

    username = StringField("Username", [InputRequired("Please type a username."), plain_text])
    about_me = TextAreaField("About me")
    avatar = FileField("Picture")
    remove_avatar = BooleanField("Go back to the drawn picture")


EDIT = FormPage("profiles/edit.html", ProfileForm)


@blueprint.get("/user/<username>")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def user(username: str) -> str:
    """Show a member and their posts."""
    cursor, member = requested_cursor(), current_member()
    with this_site().database.reading() as db:
        shown = find_or_redirect(db, username)
        followed = shown.account_id in follows.followed_among(db, member.account_id, [shown.account_id])
        page = timeline.by_author(db, shown.account_id, cursor)
    return render_template(
        "profiles/user.html",
        shown=shown,
        about=about_text(shown.about),
        me=member,
        followed=followed,
        page=page,
        newest=cursor == NEWEST,
    )


@blueprint.get("/user/<username>/followers")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def followers(username: str) -> str:
    """Show who follows a member."""
    return show_people(username, "Followers", follows.followers)


@blueprint.get("/user/<username>/following")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def following(username: str) -> str:
    """Show whom a member follows."""
    return show_people(username, "Following", follows.following)


def show_people(username: str, title: str, read: List) -> str:
    """Show one of the two lists."""
    cursor, member = requested_cursor(), current_member()
    with this_site().database.reading() as db:
        shown = find_or_redirect(db, username)
        page = read(db, shown.account_id, cursor)
    return render_template(
        "profiles/people.html", shown=shown, me=member, title=title, page=page, newest=cursor == NEWEST
    )


def find_or_redirect(db: Session, username: str) -> Portrait:
    """Return a member; redirect another spelling or a former username to the current one."""
    shown = profiles.profile_of(db, username)
    if shown is None:
        abort(404)
    if shown.username != username:
        older, newer = request.args.get("older"), request.args.get("newer")
        abort(redirect(url_for(str(request.endpoint), username=shown.username, older=older, newer=newer), 301))
    return shown


@blueprint.get("/avatar/<username>")
def avatar(username: str) -> Response:
    """Send a member's picture, to members."""
    member = current_member_or_none()
    with this_site().database.reading() as db:
        picture = profiles.avatar_of(db, username) if member else None
    if picture is None:
        abort(404)
    response = make_response(picture.content)
    response.content_type = picture.media_type
    response.headers["Content-Security-Policy"] = NOTHING_IN_IT
    response.headers["Cache-Control"] = KEPT_FOR_EVER if request.args.get("v") == picture.digest else KEPT
    response.set_etag(picture.digest)
    response.make_conditional(request)
    return response


def own_facts() -> dict[str, Any]:
    """Return what the page shows besides the form."""
    with this_site().database.reading() as db:
        shown = profiles.profile_of(db, current_member().username)
    return {"shown": shown, "longest": LONGEST_ABOUT}


def takes_pictures(view: VIEW) -> VIEW:
    """Let a form be as large as a picture. One that is larger yet is refused on its page before it is read."""

    @wraps(view)
    def take(**args: Any) -> Any:  # noqa: ANN401 - whatever the view returns
        if request.mimetype == "multipart/form-data":  # nothing else can carry a file
            request.max_content_length, request.max_form_memory_size = LARGEST_UPLOAD, IN_MEMORY
        if (request.content_length or 0) <= LARGEST_UPLOAD:
            refuse_many_fields()
            return view(**args)
        facts = own_facts()
        form = filled_form(facts["shown"])
        form.refuse(refusal_text(file_too_large()), "avatar")
        return EDIT.show(form, 413, **facts)

    take.bounds_fields = True  # type: ignore[attr-defined] # read by security.bound_fields
    return take


def filled_form(shown: Portrait | None) -> ProfileForm:
    """Return the form as the profile is now."""
    return ProfileForm(None, data={"username": shown.username, "about_me": shown.about} if shown else {})


@blueprint.get("/edit_profile")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
def edit() -> Response:
    """Show the form, filled with what everybody sees now."""
    facts = own_facts()
    form = filled_form(facts["shown"])
    form.about_me.data = kept_draft("about_me") or form.about_me.data
    return EDIT.show(form, **facts)


@blueprint.post("/edit_profile")
@repeatable
@keeps_draft("about_me")
@login_required  # type: ignore[untyped-decorator] # Flask-Login has no types
@takes_pictures
@answers(EDIT, own_facts)
def edit_post(form: ProfileForm) -> Response:
    """Change username, words and picture: all of it, or nothing where one is refused."""
    edit = ProfileEdit(typed(form.username), form.about_me.data or "", uploaded_picture(), form.remove_avatar.data)
    changed = profiles.edit_profile(context(), current_member().account_id, edit)
    forget_draft("about_me")
    flash(RENAMED if changed.renamed else SAVED, "success")
    return see_other(url_for("profiles.user", username=changed.username))


def uploaded_picture() -> bytes | None:
    """Return the picture that was sent, if one was."""
    file = request.files.get("avatar")
    return file.read() if file and file.filename else None
