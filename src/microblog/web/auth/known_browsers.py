"""The cookie by which an account knows a browser that its owner signed in with: `microblog.auth.known_browsers`."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, after_this_request, current_app, request

from microblog.auth.known_browsers import LASTS, LENGTH
from microblog.settings import Settings

COOKIE = "microblog known-browser cookie"  # our entry among the app's extensions
MOST = 4  # accounts one browser may be known to


@dataclass(frozen=True)
class Cookie:
    """The cookie's name, and whether it is sent over https only."""

    name: str
    secure: bool


def init_app(app: Flask, settings: Settings) -> None:
    """Choose the cookie of the site."""
    name = "microblog-known" if settings.trial else "__Host-microblog-known"
    app.extensions[COOKIE] = Cookie(name, secure=not settings.trial)


def keep_token(token: str) -> None:
    """Let the answer to this request give its browser one more token."""
    cookie = cookie_of_site()
    kept = [token, *tokens_here()][:MOST]

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            cookie.name, ".".join(kept), max_age=LASTS, secure=cookie.secure, httponly=True, samesite="Strict"
        )
        return response


def tokens_here() -> list[str]:
    """Return the tokens this browser has, whosever they are."""
    cookie = request.cookies.get(cookie_of_site().name, "")
    if len(cookie) > MOST * (LENGTH + 1):
        return []
    return [token for token in cookie.split(".") if len(token) == LENGTH]


def cookie_of_site() -> Cookie:
    """Return the cookie of this request's site."""
    return cast("Cookie", current_app.extensions[COOKIE])
