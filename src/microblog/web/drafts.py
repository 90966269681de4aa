"""Drafts: text sent after a session had ended, kept through sign-in and restored in its form.

The page itself carries the text until its writer is known, so nothing of a stranger's is kept. Once they have signed
in it is kept for an hour, sealed so that only this browser's session opens it (microblog/browser_state.py): a cookie is
too small for it. It is never published or saved by itself.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import current_app, flash, request, session
from werkzeug.exceptions import HTTPException

from microblog import browser_state
from microblog.browser_state import Box, make_box
from microblog.web.protection.cross_site import is_from_elsewhere
from microblog.web.site import this_site

KEPT_FOR = timedelta(hours=1)
KEY = "draft"  # where the session keeps which field a text is for, and the key of its box
PURPOSE = "browser state"
LARGEST = 6 * 1024 * 1024  # bytes; a form that has a picture with it, which is let go
IN_MEMORY = 256 * 1024
WAITS = {
    "post": "You are signed in. Your post is below. It is not published yet.",
    "about_me": "You are signed in. Your text is below. It is not saved yet.",
}


@dataclass(frozen=True)
class Draft:
    """A text, the field it was written in, and the page that has this field."""

    field: str
    text: str
    page: str


def keeps_draft(field: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Mark a view whose form has a long text that must not be lost when a session ends."""

    def mark(view: Callable[..., object]) -> Callable[..., object]:
        view.keeps = field  # type: ignore[attr-defined] # read by draft_sent
        return view

    return mark


def draft_sent() -> Draft | None:
    """Return the text that this request brings from a page of ours."""
    field = getattr(current_app.view_functions.get(request.endpoint or ""), "keeps", None)
    if request.method != "POST" or field is None or is_from_elsewhere():
        return None
    if request.mimetype == "multipart/form-data":
        request.max_content_length, request.max_form_memory_size = LARGEST, IN_MEMORY
    try:
        text = request.form.get(field, "")
    except HTTPException:  # it is too large, or cannot be read
        return None
    return Draft(field, text, request.path) if text.strip() else None


def keep_draft(field: str, text: str) -> None:
    """Keep a text for the member who has just signed in here."""
    if field not in WAITS or not text.strip():
        return
    site, key = this_site(), secrets.token_urlsafe(24)
    with site.database.writing() as db:
        browser_state.keep_text(db, box_of(field, key), text.encode("utf-8", "replace"), site.now() + KEPT_FOR)
    session[KEY] = f"{field} {key}"
    flash(WAITS[field], "info")


def kept_draft(field: str) -> str | None:
    """Return the text that waits for this field."""
    box = box_here(field)
    if box is None:
        return None
    site = this_site()
    with site.database.reading() as db:
        found = browser_state.find(db, box, site.now())
    text = browser_state.unseal(box.secret, found.sealed) if found and found.sealed else None
    return text.decode() if text else None


def forget_draft(field: str) -> None:
    """Let go of the text: it was published or saved."""
    if box := box_here(field):
        session.pop(KEY)
        with this_site().database.writing() as db:
            browser_state.release(db, box, "")


def box_here(field: str) -> Box | None:
    """Return where this browser's text for a field is kept."""
    kept, _, key = cast("str", session.get(KEY, "")).partition(" ")
    return box_of(field, key) if key and kept == field else None


def box_of(field: str, key: str) -> Box:
    """Return where a text is kept."""
    return make_box(this_site().settings.keys(PURPOSE)[0], "draft", field, key)
