"""The rough origin of a request."""

from flask import request

from microblog.origin import Origin, origin_of


def origin() -> Origin:
    """Return the kind of browser and the wide network this request comes from."""
    return origin_of(request.headers.get("User-Agent", ""), request.remote_addr or "")
