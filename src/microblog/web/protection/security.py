"""Rules for every request and response: hosts, cookies, sizes, CSRF, headers."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, current_app, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge, SecurityError
from werkzeug.routing import RequestRedirect

from microblog.auth import REMEMBERED_FOR
from microblog.settings import Settings
from microblog.settings.readers import bracket_ipv6, canonical_host
from microblog.web.protection.cross_site import is_from_elsewhere, may_be_from_elsewhere, sent_session
from microblog.web.protection.repeated_posts import answer_again

LARGEST_FORM = 64 * 1024  # bytes; the longest password, in the longest encoding, fits many times over
MOST_FIELDS = 100
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would make the CSRF check refuse every form on https
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HOST = re.compile(r"(?:\[([0-9a-f:.]*:[0-9a-f:.]*)\]|([a-z0-9.-]+))(?::(\d{1,5}))?", re.ASCII | re.IGNORECASE)
LARGEST_PORT = 65535
OUR_HOSTS = "MICROBLOG_HOSTS"  # of our entry in the app's config
MAY_BE_KEPT = ("static", "profiles.avatar")  # these say for themselves how long
FROM_ELSEWHERE = (
    "This was sent by a page of another site. Nothing was changed. If you want it, please send it from here."
)
NO_COOKIE = (
    "Your browser did not send this site's cookie with the form. Nothing was changed. Please send it again. If you see "
    "this message a second time, your browser blocks cookies: allow them for this site."
)
OPEN_TOO_LONG = (
    "This page was open for too long, or you signed in or out in another window. Nothing was changed. "
    "Please send it again."
)
HSTS = "max-age=63072000; includeSubDomains"  # two years (ASVS 5.0, 3.4.1)


def init_app(app: Flask, settings: Settings) -> None:
    """Set Flask up, and guard what comes in and what goes out."""
    session_keys = [key.hex() for key in settings.keys("session")]
    app.config[OUR_HOSTS] = our_hosts(settings)
    app.config.update(
        SECRET_KEY=session_keys[0],
        SECRET_KEY_FALLBACKS=session_keys[1:],
        SESSION_COOKIE_NAME="microblog" if settings.trial else "__Host-microblog",
        SESSION_COOKIE_SECURE=not settings.trial,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=REMEMBERED_FOR + timedelta(hours=1),  # the login's own row ends first
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        WTF_CSRF_CHECK_DEFAULT=False,  # checked in check_csrf, or by the form itself so that it keeps what was typed
        WTF_CSRF_SSL_STRICT=False,  # it refuses browsers that send no Referer; protect() judges those that do
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session it belongs to
    )
    CSRFProtect(app)
    app.before_request(bound_fields)
    app.before_request(answer_again)
    app.before_request(check_csrf)
    app.after_request(leave_session)
    app.after_request(secure_headers if settings.trial else strict_headers)
    app.after_request(send_on_by_path)
    app.wsgi_app = our_address(app.wsgi_app, settings.public_url.scheme)  # type: ignore[method-assign] # Flask's own way


def our_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names that are answered; others get 400."""
    host = settings.public_url.host
    return frozenset({host, "localhost", "127.0.0.1", "::1"} if settings.trial else {host})


def our_address(app: Callable[..., Iterable[bytes]], scheme: str) -> Callable[..., Iterable[bytes]]:
    """Serve under the scheme of PUBLIC_URL, whatever a proxy says or forgets, and under one spelling of the host."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = scheme
        environ["HTTP_HOST"] = in_one_spelling(environ.get("HTTP_HOST", ""))
        return app(environ, start_response)

    return serve


@lru_cache(64)
def in_one_spelling(header: str) -> str:
    """Return a Host header with its host as browsers spell it; empty where it names none."""
    found = HOST.fullmatch(header)
    if not found or not 0 < int(found[3] or 80) <= LARGEST_PORT:
        return ""
    host = canonical_host(found[1] or found[2])
    return bracket_ipv6(host) + (f":{found[3]}" if found[3] else "") if host else ""


def refuse_foreign_host() -> None:
    """Refuse a request for another host before anything is made of it. Werkzeug's own check knows no IPv6 addresses.

    Raises:
        SecurityError: it is for another, or what Flask found when it read the Host, and would raise later.
    """
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    if urlsplit(f"//{request.headers.get('Host', '')}").hostname not in current_app.config[OUR_HOSTS]:
        raise SecurityError("The host is not ours.")


def bound_fields() -> None:
    """Refuse a form of too many fields; a view that takes in more than others does it itself, for whom it lets in."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method not in SAFE_METHODS and not getattr(view, "bounds_fields", False):
        refuse_many_fields()


def refuse_many_fields() -> None:
    """Refuse a form of more fields than any of ours has; Flask itself counts only those of multipart.

    Raises:
        RequestEntityTooLarge: then.
    """
    if sum(1 for _ in request.form.items(multi=True)) > MOST_FIELDS:
        raise RequestEntityTooLarge


def check_csrf() -> None:
    """Refuse a change without its token; views that answer a form check for themselves, to keep what was typed."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method not in SAFE_METHODS and view and not getattr(view, "checks_csrf", False):
        protect()


class FormRefused(CSRFError):  # type: ignore[misc] # noqa: N818 - as its kin are named; Flask-WTF has no types
    """A form that came without its session's token; `words` say why to whoever sent it."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(why)
        self.words = words


def protect() -> None:
    """Refuse this request unless it carries its session's token, and where its browser says so comes from our page.

    Raises:
        FormRefused: when it does not.
    """
    if is_from_elsewhere():
        raise FormRefused("it came from another site", FROM_ELSEWHERE)
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError as error:
        raise FormRefused(str(error.description), OPEN_TOO_LONG if sent_session() else NO_COOKIE) from error


def leave_session(response: Response) -> Response:
    """Keep the session cookie as it is where another site's page sent a form.

    Browsers send such a form without the cookie, but take the one that comes back: it would sign the member out.
    """
    if request.method not in SAFE_METHODS and may_be_from_elsewhere():
        session.modified = False
    return response


@cache
def standing_headers(*, strict: bool) -> Mapping[str, str]:
    """Return what every answer carries; `strict` is for https, where browsers shall never come back by http."""
    strictly = {"Strict-Transport-Security": HSTS} if strict else {}
    return MappingProxyType(HEADERS | {"Content-Security-Policy": policy()} | strictly)


def secure_headers(response: Response, *, strict: bool = False) -> Response:
    """Add what every answer carries; a view that set a header itself knows better."""
    for name, value in standing_headers(strict=strict).items():
        response.headers.setdefault(name, value)
    if request.endpoint not in MAY_BE_KEPT or response.status_code >= 400:  # noqa: PLR2004 - an error page names the member
        response.headers["Cache-Control"] = "no-store"
    return response


def strict_headers(response: Response) -> Response:
    """The same on https."""
    return secure_headers(response, strict=True)


def send_on_by_path(response: Response) -> Response:
    """Leave the host out where the router itself sends on: it would repeat whatever port the request named."""
    if isinstance(request.routing_exception, RequestRedirect) and response.location:
        _, _, *here = urlsplit(request.routing_exception.new_url)
        response.headers["Location"] = urlunsplit(("", "", *here))
    return response


def policy(**changes: str) -> str:
    """Return the Content-Security-Policy, with some directives (`frame_src`) changed or added."""
    directives = CONTENT_POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())
