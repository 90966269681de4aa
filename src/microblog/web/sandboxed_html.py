"""An email's HTML, served for a sandboxed frame: it runs nothing and fetches nothing."""

from flask import Response

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
LINKS_WORK = "allow-top-navigation-by-user-activation"  # a person's click may leave the frame, and nothing else may
OPEN_ON_TOP = '<head><base target="_top">'


def framed(html: str, allow: str = "") -> Response:
    """Serve the HTML of an email. A click on a link leads nowhere, unless `allow` is `LINKS_WORK`."""
    page = Response(html.replace("<head>", OPEN_ON_TOP, 1))
    page.headers["Content-Security-Policy"] = f"{POLICY} {allow}".rstrip()
    return page
