"""Confidential values of a request, to be kept out of every log and email."""

from collections.abc import Iterable, Iterator, Mapping

from flask import request, session
from werkzeug.exceptions import HTTPException

SECRET_HEADERS = ("Authorization", "Proxy-Authorization", "X-CSRFToken", "X-CSRF-Token")


def private_values() -> list[str]:
    """Return all that this request carries and nobody else may read: what was typed, cookies, tokens."""
    headers = [word for name in SECRET_HEADERS for word in request.headers.get(name, "").split()]
    kept = {name: session[name] for name in session}
    return [*typed_values(), *headers, *strings([request.args.listvalues(), request.view_args, request.cookies, kept])]


def typed_values() -> list[str]:
    """Return the submitted values of a form or body. What cannot be parsed was read by nobody."""
    try:
        names = [file.filename or "" for file in request.files.values()]
        return [*strings(request.form.listvalues()), *names, request.get_data(as_text=True)]
    except HTTPException:
        return []


def strings(found: object) -> Iterator[str]:
    """Yield every text in a value, however deep."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        yield from strings(found.values())
    elif isinstance(found, Iterable):
        for one in found:
            yield from strings(one)
