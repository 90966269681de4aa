"""Redirects after a form was sent."""

from typing import cast

from flask import Response, redirect, url_for


def see_other(where: str) -> Response:
    """Redirect to a page, which the browser requests by GET (303 See Other)."""
    return cast("Response", redirect(where, 303))


def see_other_home() -> Response:
    """Redirect to the home page."""
    return see_other(url_for("home.index"))
