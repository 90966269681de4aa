"""The small files that browsers, crawlers and security researchers look for at fixed addresses."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, url_for

from microblog.web.redirects import see_other
from microblog.web.site import this_site

blueprint = Blueprint("site_files", __name__)

SECURITY = "/.well-known/security.txt"
GOOD_FOR = timedelta(days=180)  # RFC 9116 recommends less than a year
ROBOTS = """User-agent: *
Allow: /login$
Allow: /register$
Allow: /static/
Disallow: /
"""
"""What members write is for members, so there is nothing to index. No page is named that is not public anyway."""
ACCENT, PAPER = "#8a4b08", "#f7f4ee"  # as in tokens.css and icon.svg
ICONS = (
    ("icon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable.png", "512x512", "image/png", "maskable"),
)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers that only the doors are public (RFC 9309)."""
    return plain_text(ROBOTS)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Lead whoever did not read the page to its icon."""
    return see_other(icon("favicon.ico"))


@blueprint.get(SECURITY)
def security() -> Response:
    """Say whom to tell of a weakness (RFC 9116): the first of ADMINS. Without one there is no such file."""
    site = this_site()
    contact = next(iter(site.settings.admins), "") or abort(404)
    ends = (site.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    fields = {
        "Contact": f"mailto:{contact}",
        "Expires": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "en",
        "Canonical": f"{site.settings.public_url}{SECURITY}",
    }
    return plain_text("".join(f"{name}: {value}\n" for name, value in fields.items()))


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Describe the site for a home screen (W3C Web Application Manifest)."""
    icons = [
        {"src": icon(name), "sizes": sizes, "type": media_type, "purpose": purpose}
        for name, sizes, media_type, purpose in ICONS
    ]
    facts: dict[str, Any] = {
        "id": "/",
        "name": "Microblog",
        "short_name": "Microblog",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "lang": "en",
        "theme_color": ACCENT,
        "background_color": PAPER,
        "icons": icons,
    }
    response = jsonify(facts)
    response.content_type = "application/manifest+json"
    return response


def icon(name: str) -> str:
    """Return the address of an icon."""
    return url_for("static", filename=f"img/{name}")


def plain_text(words: str) -> Response:
    """Answer in plain text."""
    return make_response(words, 200, {"Content-Type": "text/plain; charset=utf-8"})
