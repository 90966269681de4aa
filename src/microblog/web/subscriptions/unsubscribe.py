"""/unsubscribe/<token>: unsubscribing from one kind of email, by its link, without signing in.

Mail programs that have a button for it send `List-Unsubscribe=One-Click` to the very address in the email's header
(RFC 8058), with no cookie and so no CSRF token; some send it as plain text, and some send nothing at all. Those alone
go without a token: the one in the address is what allows it, and all it allows is to end these emails. A form of a page
has fields, and needs the token of its page. Programs that look through mail open links: GET changes nothing.
"""

from flask import Blueprint, Response, make_response, render_template, request

from microblog.links import LinkRefused
from microblog.subscriptions import Topic, Unsubscribing, read_unsubscribe_link, unsubscribe
from microblog.web.protection.security import protect
from microblog.web.use_cases import context

blueprint = Blueprint("unsubscribe", __name__)

UNSUBSCRIBE = "/unsubscribe"

ONE_CLICK = ["One-Click"]
WORDS = {
    Topic.FOLLOWED: "letters that say who follows you",
    Topic.MENTIONED: "letters that say who mentions you",
    Topic.DIGEST: "weekly letters about what you missed",
}


@blueprint.get(UNSUBSCRIBE + "/", defaults={"token": ""})
@blueprint.get(UNSUBSCRIBE + "/<path:token>")
def page(token: str) -> Response:
    """Ask, and change nothing."""
    found = open_link(token)
    return render_about("ask", found) if found else render_dead()


@blueprint.post(UNSUBSCRIBE + "/<path:token>")
def page_post(token: str) -> Response:
    """Unsubscribe at once; the response is the same however often it is sent."""
    if not is_one_click():
        protect()
    found = open_link(token)
    if found is None:
        return render_dead()
    unsubscribe(context(), found)
    return render_about("done", found)


def is_one_click() -> bool:
    """Tell whether a mail program's button sent this, and no page."""
    if request.form:
        return request.form.getlist("List-Unsubscribe") == ONE_CLICK
    return not request.files and request.get_data(as_text=True).strip() in ("", "List-Unsubscribe=One-Click")


page_post.checks_csrf = True  # type: ignore[attr-defined] # read by security.check_csrf


def open_link(token: str) -> Unsubscribing | None:
    """Return what a genuine link is for."""
    try:
        return read_unsubscribe_link(context(), token)
    except LinkRefused:
        return None


def render_about(name: str, found: Unsubscribing) -> Response:
    """Render a page about one kind of email. It names nobody: an email may have been passed on."""
    return make_response(render_template(f"unsubscribe/{name}.html", letters=WORDS[found.topic]))


def render_dead() -> Response:
    """Say that the link is not one of ours."""
    return make_response(render_template("unsubscribe/dead.html"), 400)
