"""Redirects from addresses that are nearly right: a slash at the end, another case, `/@name`.

Only what is asked for by GET is led on, only to a page of this site, and never to one that is hidden from whoever asks:
nobody learns from it whether an operators' page exists.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from flask import Flask, Response, current_app, redirect, request
from werkzeug.exceptions import NotFound

from microblog.identity import key_in
from microblog.settings import Settings
from microblog.web.errors import http_error
from microblog.web.pages import MEMBER

PAGES = "microblog pages"  # our entry among the app's extensions
PART = re.compile(r"<(?:(?P<converter>[^<>:]+):)?[^<>:]+>")
HIDDEN = ("admin_", "metrics.")  # of these, whoever may not see them learns nothing
FILES = ("static",)  # their names have a case
AT_NAME = re.compile(r"/@([^/]+)(/.*)?")


@dataclass(frozen=True)
class Known:
    """One page: its address with a place for each argument, and the pattern that finds it in any case."""

    pattern: re.Pattern[str]
    address: str


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Look at what was not found before it is said so."""
    app.register_error_handler(NotFound, lead_on)


def lead_on(error: NotFound) -> Response:
    """Send the browser to the page that was meant, or say that there is none."""
    where = intended_address() if request.method in ("GET", "HEAD") and request.routing_exception is error else None
    if where is None:
        return http_error(error)
    query = request.query_string.decode("latin-1")
    return cast("Response", redirect(f"{where}?{query}" if query else where, 301))


def intended_address() -> str | None:
    """Return the address of the page that was meant, None where there is none."""
    path = request.path
    if (named := AT_NAME.fullmatch(path)) and key_in(named[1]):
        path = f"{MEMBER}/{named[1]}{named[2] or ''}"
    path = path.rstrip("/")
    for one in known_pages(current_app.extensions):
        if found := one.pattern.fullmatch(path):
            right = one.address.format(*(quote(part, safe="/@") for part in found.groups()))
            return right if right != request.path else None
    return None


def known_pages(extensions: dict[str, Any]) -> tuple[Known, ...]:
    """Return every page that may be led to, those without arguments first; found once, when all are registered."""
    if PAGES not in extensions:
        extensions[PAGES] = tuple(sorted(pages_in(current_app), key=lambda one: one.address.count("{")))
    return cast("tuple[Known, ...]", extensions[PAGES])


def pages_in(app: Flask) -> Iterator[Known]:
    """Make the pattern of each page of a site's map."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith((*HIDDEN, *FILES)) and not rule.defaults:
            yield Known(re.compile(pattern_of(rule.rule), re.IGNORECASE), PART.sub("{}", rule.rule))


def pattern_of(rule: str) -> str:
    """Turn a rule such as `/user/<username>` into a pattern; what is no argument may be in any case."""
    pieces, start = [], 0
    for part in PART.finditer(rule):
        pieces += [re.escape(rule[start : part.start()]), "(.+)" if part["converter"] == "path" else "([^/]+)"]
        start = part.end()
    return "".join(pieces) + re.escape(rule[start:])
