"""The one place where errors become pages."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests

from microblog.accounts import SignUpOver
from microblog.recovery import DeadLink, LinkNotGenuine
from microblog.settings import Settings
from microblog.web.login import viewer

log = logging.getLogger(__name__)

OPEN_TOO_LONG = (
    "This page was open for too long, or was opened in another window. Nothing was changed. Please send it once more."
)
BUSY = "We could not save this just now. Nothing was changed. Please try again in a minute."
WORDS = {
    400: (
        "We did not understand that",
        "Your browser sent something this site cannot read. Please go back and try again.",
    ),
    403: ("This is not yours to see", "You are signed in as somebody who may not open this page."),
    404: ("There is no such page", "The address may have a typing error in it, or the page is gone."),
    405: (
        "That does not work here",
        "This page was asked for in a way it does not know. Please go back and try again.",
    ),
    413: ("That is too large", "You sent more than this page can take. Please make it smaller and send it again."),
    415: (
        "We did not understand that",
        "Your browser sent something this site cannot read. Please go back and try again.",
    ),
    429: ("That was too often", "Please wait {wait} and try again."),
    500: ("Something went wrong here", "It is our fault, not yours, and it has been noted. Please try again later."),
    503: ("We are catching our breath", BUSY),
}


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Give every kind of error its page."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(DeadLink, dead_link)
    app.register_error_handler(SignUpOver, sign_up_over)
    app.register_error_handler(DBAPIError, no_database)
    app.register_error_handler(Exception, our_fault)


def page(status: int, title: str, text: str) -> Response:
    """Render an error page, for a visitor where the database cannot say who looks at it."""
    try:
        viewer()
    except DBAPIError:
        g.viewer_unknown = True
    return make_response(render_template("error.html", status=status, title=title, text=text), status)


def http_error(error: HTTPException) -> Response:
    """Answer an error with its status: in our words where we have some."""
    if error.response is not None or (error.code or 500) < 400:  # noqa: PLR2004 - a redirect
        return make_response(error.get_response())
    code = error.code or 500
    if isinstance(error, SecurityError):  # a foreign Host: no address of ours can be built from it
        return make_response(render_template("foreign_host.html", title=WORDS[400][0]), 400)
    title, text = WORDS.get(code, (HTTPStatus(code).phrase, WORDS[400 if code < 500 else 500][1]))  # noqa: PLR2004
    wait = error.retry_after if isinstance(error, TooManyRequests) else None
    response = page(code, title, text.format(wait=wait_in_words(wait)))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def form_too_old(error: CSRFError) -> Response:
    """Say what happened to a change that came without its token."""
    log.info("a form came without a valid token: %s", error.description)
    return page(400, "Please send that once more", OPEN_TOO_LONG)


def dead_link(error: DeadLink) -> Response:
    """Say which way a reset link is dead, and offer a new letter."""
    shown = render_template("recovery/dead_link.html", title=error.title, text=str(error))
    return make_response(shown, 400 if isinstance(error, LinkNotGenuine) else 410)


def sign_up_over(error: SignUpOver) -> Response:
    """Say why a sign-up cannot be finished by this link."""
    return make_response(render_template("accounts/sign_up_over.html", title=error.title, text=str(error)), 410)


def no_database(error: DBAPIError) -> Response:
    """Ask for patience while the database is away."""
    text = database_trouble(error)
    response = page(503, WORDS[503][0], text)
    response.headers["Retry-After"] = "60"
    return response


def database_trouble(error: DBAPIError) -> str:
    """Log what the database said, make sure the answer asks it nothing more, and return words for the person."""
    log.error("database in trouble: %s", error.orig)
    g.viewer_unknown = True
    return BUSY


def our_fault(error: Exception) -> Response:
    """Log a fault of ours, and say sorry."""
    log.error("unhandled error", exc_info=error)
    g.viewer_unknown = True
    return page(500, *WORDS[500])


def wait_in_words(seconds: object) -> str:
    """Return a wait as a person would say it, rounded up."""
    if not isinstance(seconds, int) or seconds < 1:
        return "a little"
    if seconds <= 90:  # noqa: PLR2004
        return f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes <= 90 else f"{-(-minutes // 60)} hours"  # noqa: PLR2004
