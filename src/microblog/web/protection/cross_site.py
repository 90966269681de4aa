"""Detection of cross-site requests, by the headers that browsers send."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import SecurityError

from microblog.settings.readers import canonical_host

OPAQUE = "null"  # what a browser sends as Origin where it was told not to say (RFC 6454 section 7.1)
OWN_PAGES = ("same-origin", "none")


def is_from_elsewhere() -> bool:
    """Tell whether the browser says that this comes from a page of another site.

    Some people have their browser hide where a form comes from: then Origin is `null`, which says nothing, and what is
    left are `Sec-Fetch-Site`, which no page can forge, and the token. A page of another site can hide its Origin, too;
    its form arrives as `cross-site` or `same-site`.
    """
    fetched, origin, referer = (request.headers.get(name) for name in ("Sec-Fetch-Site", "Origin", "Referer"))
    if fetched == "cross-site":
        return True
    if origin and origin != OPAQUE:
        return not is_ours(origin)
    if fetched:
        return fetched not in OWN_PAGES
    return bool(referer) and not is_ours(str(referer))


def may_be_from_elsewhere() -> bool:
    """Tell whether nothing speaks for our own page: an old browser hides the origin, and sent no session.

    A form from another site arrives without the session, for its cookie is SameSite.
    """
    hidden = request.headers.get("Origin") == OPAQUE and "Sec-Fetch-Site" not in request.headers
    return is_from_elsewhere() or (hidden and not sent_session())


def sent_session() -> bool:
    """Tell whether the browser sent a session cookie, be it good or not."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def is_ours(address: str) -> bool:
    """Tell whether an address is on this site. Ports are not compared: some proxies drop them from Host."""
    try:
        theirs, host = urlsplit(address), urlsplit(f"//{request.host}").hostname
        named = canonical_host(theirs.hostname or "")
    except (ValueError, SecurityError):
        return False
    return bool(host) and (theirs.scheme, named) == (request.scheme, host)
