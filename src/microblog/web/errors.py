"""The one place where errors become pages."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, has_request_context, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, NoResultFound
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError, TooManyRequests

from microblog.db import is_permanent_error
from microblog.follows import FollowingOneself, NoSuchMember, TooManyFollowed
from microblog.keyset import InvalidCursor
from microblog.log import indent_traceback
from microblog.posts import NoSuchPost, NotYours, TooLate
from microblog.refusals import RateLimited, Refusal
from microblog.settings import Settings
from microblog.web.current_member import ask_to_sign_in, current_member_or_none, has_left
from microblog.web.private_values import private_values
from microblog.web.protection.security import OPEN_TOO_LONG, FormRefused
from microblog.web.site import this_site
from microblog.web.urls.link_repair import repaired_address
from microblog.words import refusal_text, refusal_title, wait_in_words

log = logging.getLogger(__name__)

LONGEST_METHOD = 20  # characters; anybody can send any
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
    414: ("That address is too long", "Please check it, or start from the first page."),
    415: (
        "We did not understand that",
        "Your browser sent something this site cannot read. Please go back and try again.",
    ),
    431: (
        "Your browser sent too much",
        "Perhaps it keeps too many cookies of this site. Please delete those, and try again.",
    ),
    429: ("That was too often", "Please wait {wait} and try again."),
    500: ("Something went wrong here", "It is our fault, not yours, and it has been noted. Please try again later."),
    503: ("We are catching our breath", BUSY),
}
REFUSED: dict[type[Refusal], int] = {
    NoSuchPost: 404,
    NotYours: 403,
    TooLate: 410,
    NoSuchMember: 404,
    FollowingOneself: 422,
    TooManyFollowed: 422,
}


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Give every kind of error its page."""
    app.logger.addFilter(without_secrets)
    app.log_exception = silence_flask_log  # type: ignore[method-assign] # Flask's would log the path, with its token
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(InvalidCursor, no_such_page)
    app.register_error_handler(RateLimited, rate_limited)
    for kind in REFUSED:
        app.register_error_handler(kind, refused)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(Exception, our_fault)


def render_error(status: int, title: str, text: str) -> Response:
    """Render an error page, for a visitor where the database cannot say who looks at it."""
    try:
        current_member_or_none()
    except DBAPIError:
        g.member_unknown = True
    return make_response(render_template("error.html", status=status, title=title, text=text), status)


def http_error(error: HTTPException) -> Response:
    """Answer an error with its status: in our words where we have some."""
    if error.response is not None or (error.code or 500) < 400:  # noqa: PLR2004 - a redirect
        return make_response(error.get_response())
    code = error.code or 500
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return our_fault(error.original_exception)  # Flask found it beyond the views: in an error page, in a header
    if isinstance(error, SecurityError):  # a foreign Host: no address of ours can be built from it
        return make_response(render_template("foreign_host.html", title=WORDS[400][0]), 400)
    if code == HTTPStatus.NOT_FOUND and (elsewhere := repaired_address()):
        return elsewhere
    title, text = WORDS.get(code, (HTTPStatus(code).phrase, WORDS[400 if code < 500 else 500][1]))  # noqa: PLR2004
    wait = error.retry_after if isinstance(error, TooManyRequests) else None
    response = render_error(code, title, text.format(wait=wait_in_words(wait)))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def rate_limited(error: RateLimited) -> Response:
    """Answer a refusal by a rate limit as the HTTP error it is."""
    return http_error(TooManyRequests(retry_after=error.retry_after))


def form_too_old(error: CSRFError) -> Response:
    """Say what happened to a change that came without its token."""
    log_missing_token(error)
    return render_error(400, "Please send that again", words_for(error))


def words_for(error: CSRFError) -> str:
    """Return why a form was refused, for whoever sent it."""
    return error.words if isinstance(error, FormRefused) else OPEN_TOO_LONG


def log_missing_token(error: CSRFError) -> None:
    """Tell the log of a change that came without its token, or from elsewhere: somebody may have tried something."""
    log.info("a form came without a valid token: %s", error.description)


def no_such_page(error: InvalidCursor) -> Response:  # noqa: ARG001 - Flask's signature
    """Say that an address leads nowhere because of the cursor in it."""
    return repaired_address() or render_error(404, *WORDS[404])


def refused(error: Refusal) -> Response:
    """Say why something was refused that no form could be shown again for."""
    return render_error(REFUSED[type(error)], refusal_title(error), refusal_text(error))


def database_error(error: DBAPIError) -> Response:
    """Ask for patience while the database is away; where it is well and our statement is wrong, say sorry."""
    if went_meanwhile(error):
        return ask_to_sign_in()
    status, text = database_trouble(error)
    response = render_error(status, WORDS[status][0], text)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "60"
    return response


def went_meanwhile(error: Exception) -> bool:
    """Tell whether an error is nobody's fault: the account it was about was deleted in the same moment."""
    return isinstance(error, (IntegrityError, NoResultFound)) and has_left()


def database_trouble(error: DBAPIError) -> tuple[int, str]:
    """Log or report what the database said, make sure the answer asks it nothing more; return status and words."""
    if is_permanent_error(error):
        report_error(error)
        return 500, WORDS[500][1]
    log.error("database in trouble: %s", error.orig)
    g.member_unknown = True
    return 503, BUSY


def our_fault(error: Exception) -> Response:
    """Report a fault of ours, and say sorry: in plain text where even the page for that fails."""
    if went_meanwhile(error):
        return ask_to_sign_in()
    report_error(error)
    try:
        return render_error(500, *WORDS[500])
    except Exception as another:  # noqa: BLE001 - there is no page left to answer it with
        report_error(another)
        return make_response(WORDS[500][1], 500, {"Content-Type": "text/plain; charset=utf-8"})


def report_error(error: Exception) -> None:
    """Tell the log and the admins of a fault of ours: by its route, for a path may hold a token."""
    g.member_unknown = True
    route = request.url_rule.rule if request.url_rule else "(no page)"
    this_site().errors.report(error, f"{request.method[:LONGEST_METHOD]} {route}", private_values())


def silence_flask_log(exc_info: object) -> None:
    """Take the place of Flask's own word about an error: `report_error` says it, without what must not be read."""


def without_secrets(record: logging.LogRecord) -> bool:
    """Take the same out of the one error that Flask logs by itself: of a function that runs after an error's page."""
    error = record.exc_info[1] if record.exc_info else None
    if error and has_request_context():
        record.exc_text = indent_traceback(this_site().errors.describe(error, private_values()).traceback)
    return True
