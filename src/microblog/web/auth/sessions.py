"""/account/logins: the member's sessions, and ending one or all of them."""

from flask import Response, abort, flash, render_template, session, url_for

from microblog.auth import NoSuchSession, end_other_sessions, end_session, list_sessions
from microblog.mail.admin import number_in
from microblog.web.account.area import area
from microblog.web.current_member import current_member
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

blueprint = area("logins")

MOST_SHOWN = 100  # somebody can sign in thousands of times, and a page of that would take the site's breath


@blueprint.get("/logins")
def page() -> str:
    """List the browsers that are signed in, the one used last first."""
    member = current_member()
    found = list_sessions(context(), member.account_id, MOST_SHOWN + 1)
    shown, more = found[:MOST_SHOWN], len(found) > MOST_SHOWN
    return render_template("account/logins.html", logins=shown, more=more, here=member.session_id)


@blueprint.post("/logins/<number>/end")
def end(number: str) -> Response:
    """End one of the member's sessions. For another member's there is no such page."""
    member = current_member()
    session_id = number_in(number) or abort(404)
    try:
        end_session(context(), member, session_id)
    except NoSuchSession:
        abort(404)
    if session_id == member.session_id:
        session.clear()
    flash("That browser is signed out.", "success")
    return see_other(url_for(".page"))


@blueprint.post("/logins/end-others")
def end_others() -> Response:
    """End every session but this one."""
    ended = end_other_sessions(context(), current_member())
    words = "You were signed in nowhere else." if not ended else "Every other browser is signed out."
    flash(words, "success")
    return see_other(url_for(".page"))
