"""The local mailbox of demo mode: every email as text, HTML and source. Its links work."""

from flask import Blueprint, Response, abort, render_template, request

from microblog.mail.mailbox import LocalMailbox, Received
from microblog.web.protection.security import policy
from microblog.web.sandboxed_html import LINKS_WORK
from microblog.web.sandboxed_html import framed as in_frame
from microblog.web.site import this_site
from microblog.web.text import email_text

blueprint = Blueprint("mailbox", __name__)

PAGE = 30


def local_mailbox() -> LocalMailbox:
    """Return this trial's mailbox."""
    return LocalMailbox(this_site().settings.mailbox)


@blueprint.get("/mailbox")
def list_emails() -> str:
    """List the emails, newest first."""
    number = request.args.get("page", "0")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0  # noqa: PLR2004
    found, more = local_mailbox().page(page, PAGE)
    server = this_site().settings.mail.server
    return render_template("mailbox/list.html", emails=found, page=page, more=more, server=server)


@blueprint.get("/mailbox/<key>")
def show_email(key: str) -> Response:
    """Show one email as text, as HTML (framed), or as source."""
    view = request.args.get("view", "text")
    if view not in ("text", "html", "source"):
        abort(404)
    received = read_email(key)
    body = email_text(received.text)
    page = Response(render_template("mailbox/email.html", email=received, view=view, body=body))
    page.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return page


@blueprint.get("/mailbox/<key>/html")
def show_html(key: str) -> Response:
    """Serve the HTML of an email, for the frame only."""
    return in_frame(read_email(key).html, LINKS_WORK)


def read_email(key: str) -> Received:
    """Return an email, or abort with 404."""
    return local_mailbox().read(key) or abort(404)
