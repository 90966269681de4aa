"""/admin/letters: samples of every email, rendered for a fictional person."""

import re

from flask import Blueprint, Response, abort, render_template, request

from microblog.mail import Sample
from microblog.ops import sample_emails
from microblog.web.pages import pages_of
from microblog.web.protection.security import policy
from microblog.web.sandboxed_html import framed
from microblog.web.site import this_site

blueprint = Blueprint("admin_letters", __name__, url_prefix="/admin")

DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
SCHEMES = {"light": "not all", "dark": "all"}


def render_samples() -> tuple[Sample, ...]:
    """Return a sample of every email, rendered now."""
    site = this_site()
    return sample_emails(site.settings, pages_of(site.settings.public_url), site.now())


def render_sample(name: str) -> Sample:
    """Return one sample, or abort with 404."""
    return next((one for one in render_samples() if one.name == name), None) or abort(404)


@blueprint.get("/letters")
def list_samples() -> str:
    """List the samples."""
    return render_template("admin/samples.html", samples=render_samples())


@blueprint.get("/letters/<name>")
def show_sample(name: str) -> Response:
    """Show one email: its HTML framed, narrow and wide, light and dark; and its text."""
    sender = this_site().settings.mail.sender
    page = Response(render_template("admin/sample.html", sample=render_sample(name), sender=sender, schemes=SCHEMES))
    page.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return page


@blueprint.get("/letters/<name>/html")
def show_html(name: str) -> Response:
    """Serve the HTML of an email for the frame, in the requested colour scheme."""
    scheme = request.args.get("scheme", "light")
    return framed(on_screen(render_sample(name).email.html, scheme)) if scheme in SCHEMES else abort(404)


def on_screen(html: str, scheme: str) -> str:
    """Return an email's HTML with one colour scheme forced."""
    head, end, body = html.partition("</head>")
    return DARK.sub(SCHEMES[scheme], head).replace("light dark", scheme) + end + body
