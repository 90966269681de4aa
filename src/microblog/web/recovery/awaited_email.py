"""The email that this browser last requested, so that the next page can say so, and can be reloaded."""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from flask import Response, redirect, session, url_for

from microblog.web.site import this_site

NAME = "asked"
SHOWN_FOR = 3600  # seconds; on a shared computer the next person shall not read it


class AskedFor(StrEnum):
    """The kind of the requested email."""

    RESET = "reset"
    SIGN_UP = "sign_up"


@dataclass(frozen=True)
class Asked:
    """The requested email, and the name or address exactly as it was typed."""

    what: AskedFor
    typed: str


def remember_asked(what: AskedFor, typed: str) -> Response:
    """Remember it in this browser, and lead to the page that says what to do now."""
    session[NAME] = [what.value, typed, int(this_site().now().timestamp())]
    return cast("Response", redirect(url_for("check_email.page"), 303))


def last_asked() -> Asked | None:
    """Return what was asked for last in this browser, None if that is long ago."""
    try:
        what, typed, at = session[NAME]
        asked = Asked(AskedFor(what), typed)
    except (KeyError, ValueError, TypeError):
        return None
    return asked if 0 <= this_site().now().timestamp() - at < SHOWN_FOR else None
