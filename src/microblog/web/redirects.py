"""Signing up: the form, the letter's link, and the button that makes the account."""

from typing import cast

from flask import Response, redirect, url_for


def go(where: str) -> Response:
    """Send the browser on, by GET."""
    return cast("Response", redirect(where, 303))


def go_home() -> Response:
    """Send the browser home."""
    return go(url_for("home.index"))
