"""Idempotent forms: a form submitted twice is answered the same way again, and does nothing more.

The success of many forms ends what admits to them: a link is used, a session has a new secret, an account is gone. A
browser shows only the answer to the last request it sent, so after a double click people would read "this link has been
used" although all went well. Here the second request, also in another process and while the first is still running,
gets the answer of the first with its cookies.

What counts as the same: the same browser (the secret in its session that CSRF tokens are made of), the same form on the
same page (`form_id`, new each time a form is shown), and the same fields, passwords included. So a link stays
single-use: another browser, or this one with another password, is another request.
"""

import json
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SessionMixin
from sqlalchemy.exc import DBAPIError
from werkzeug.utils import redirect

from microblog import browser_state
from microblog.browser_state import Box, make_box
from microblog.settings import Settings
from microblog.web.protection.cross_site import is_from_elsewhere
from microblog.web.site import this_site

log = logging.getLogger(__name__)

VIEW = Callable[..., Any]
Maker = Callable[[int], Response]
MAKERS: dict[str, Maker] = {}
FIELD = "form_id"
NONCE = "csrf_token"  # where Flask-WTF keeps the session's secret
BEFORE = "pressed"  # where the session keeps which form renewed it, and the secret of the session before
PURPOSE = "browser state"
SENT_ON = 303  # every form that did what it is for sends the browser on by GET
PATIENCE = 10.0  # seconds after which a request that has not answered is taken for dead
LOOK_EVERY = 0.03  # seconds


@dataclass(frozen=True)
class Press:
    """A request that was claimed: whoever sends the same again waits for its answer."""

    box: Box
    owner: str
    nonce: str


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Give each form its number."""
    app.add_template_global(new_form_id, FIELD)


def new_form_id() -> str:
    """Return what makes a form on a page another than the same form shown again."""
    return secrets.token_urlsafe(12)


def repeatable(view: VIEW) -> VIEW:
    """Mark a view that may as well run twice: what it does is the same if done again, and it is spared two commits."""
    view.repeatable = True  # type: ignore[attr-defined] # read by answer_again
    return view


def made_again(name: str) -> Callable[[Maker], Maker]:
    """Mark what makes an answer that is too long to be kept, of the number of its subject."""

    def register(make: Maker) -> Maker:
        MAKERS[name] = make
        return make

    return register


def answer_is_made_again(name: str, subject: int) -> None:
    """Have the second press of this request answered by making the answer again."""
    g.made_again = [name, subject]


def answer_again() -> Response | None:
    """Answer a form that this browser has sent before as it was answered then, or claim it."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or view is None or getattr(view, "repeatable", False) or is_from_elsewhere():
        return None
    if not request.form.get(FIELD):
        return None
    try:
        return answer_after_renewal() or answer_or_claim()
    except DBAPIError as error:
        log.warning("a form is answered without looking whether it was sent twice: %s", error.orig)
        return None


def box_for(nonce: str) -> Box:
    """Return where the answer to this request is kept, for a browser whose session has this secret."""
    fields = sorted(request.form.items(multi=True))
    return make_box(this_site().settings.keys(PURPOSE)[0], "answer", nonce, request.full_path, fields)


def answer_after_renewal() -> Response | None:
    """Answer the second press where the browser has taken in the first one's cookie, with a new session in it."""
    key, _, nonce = str(session.get(BEFORE, "")).partition(" ")
    if not nonce:
        return None
    box = box_for(nonce)
    return find_answer(box)[0] if box.key == key else None


def answer_or_claim() -> Response | None:
    """Return the answer that was given, wait for the one that is being made, or claim the request."""
    nonce = session.get(NONCE)
    if not isinstance(nonce, str):
        return None
    press = Press(box_for(nonce), secrets.token_hex(16), nonce)
    give_up_at = time.monotonic() + PATIENCE
    while not claim_press(press):
        while True:
            answer, owner = find_answer(press.box)
            if answer or not owner:
                break
            if time.monotonic() > give_up_at and taken_over(press, owner):
                return None
            time.sleep(LOOK_EVERY)
        if answer:
            return answer
    return None


def claim_press(press: Press) -> bool:
    """Claim a request, unless another has."""
    site = this_site()
    with site.database.writing() as db:
        mine = browser_state.claim(db, press.box, press.owner, site.now())
    if mine:
        g.press = press
    return mine


def taken_over(press: Press, stalled: str) -> bool:
    """Claim a request whose process died over it."""
    site = this_site()
    with site.database.writing() as db:
        mine = browser_state.take_over(db, press.box, stalled, press.owner, site.now())
    if mine:
        g.press = press
    return mine


def find_answer(box: Box) -> tuple[Response | None, str]:
    """Return the answer that was given, and whose request it is; empty where there is neither."""
    site = this_site()
    with site.database.reading() as db:
        found = browser_state.find(db, box, site.now())
    if found is None:
        return None, ""
    kept = browser_state.unseal(box.secret, found.sealed) if found.sealed else None
    return (answer_from(kept) if kept else None), found.owner


def answer_from(kept: bytes) -> Response:
    """Make an answer again. Its cookies are sent only to a browser that has not got them yet."""
    told = json.loads(kept)
    name, subject = told["made_again"] or (None, 0)
    answer = MAKERS[name](subject) if name else cast("Response", redirect(told["location"], SENT_ON, Response))
    if told["sent_with"] == session_cookie():
        for cookie in told["cookies"]:
            answer.headers.add("Set-Cookie", cookie)
    return answer


def session_cookie() -> str:
    """Return what tells whether two requests came with the same session cookie."""
    return sha256(request.cookies.get(current_app.config["SESSION_COOKIE_NAME"], "").encode()).hexdigest()


def forget_press() -> None:
    """Let a second press be a request of its own: this one led to the sign-in page, and did nothing."""
    release(g.pop("press", None))


def note_renewal(kept: SessionMixin, answer: Response) -> None:
    """Note in a session that was begun anew which form it came of, before it is saved."""
    press = g.get("press")
    if press and answer.status_code == SENT_ON and kept.get(NONCE) != press.nonce:
        kept[BEFORE] = f"{press.box.key} {press.nonce}"


def settle_press(answer: Response) -> None:
    """Keep the answer, once its cookies are written, where the form did what it is for; otherwise give it free."""
    press = g.pop("press", None)
    if press is None:
        return
    if answer.status_code != SENT_ON and "made_again" not in g:
        release(press)
        return
    told = {
        "location": answer.headers.get("Location"),
        "made_again": g.get("made_again"),
        "cookies": answer.headers.getlist("Set-Cookie"),
        "sent_with": session_cookie(),
    }
    try:
        with this_site().database.writing() as db:
            browser_state.keep_answer(db, press.box, press.owner, json.dumps(told).encode())
    except DBAPIError as error:
        log.warning("the answer to a form is not kept for a second press: %s", error.orig)


def release(press: Press | None) -> None:
    """Give a claim back; where the database does not let us, it ends by itself."""
    if press is None:
        return
    try:
        with this_site().database.writing() as db:
            browser_state.release(db, press.box, press.owner)
    except DBAPIError as error:
        log.warning("a claimed form is not released: %s", error.orig)
