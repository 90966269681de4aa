"""/account/logins: where the member is signed in, and the end of any or all of it."""

from flask import Response, abort, flash, render_template, session, url_for

from microblog.auth import NoSuchLogin, end_login, end_the_others, logins_of
from microblog.mail.desk import number_in
from microblog.web.account.area import area
from microblog.web.current_member import me
from microblog.web.origin import origin
from microblog.web.redirects import go
from microblog.web.site import this_site

blueprint = area("logins")

MOST_SHOWN = 100  # somebody can sign in thousands of times, and a page of that would take the site's breath


@blueprint.get("/logins")
def page() -> str:
    """List the browsers that are signed in, the one used last first."""
    site, member = this_site(), me()
    with site.database.reading() as db:
        found = logins_of(db, member.account_id, site.now(), MOST_SHOWN + 1)
    shown, more = found[:MOST_SHOWN], len(found) > MOST_SHOWN
    return render_template("account/logins.html", logins=shown, more=more, here=member.login_id)


@blueprint.post("/logins/<number>/end")
def end(number: str) -> Response:
    """End one of the member's logins. For another member's there is no such page."""
    site, member = this_site(), me()
    login_id = number_in(number) or abort(404)
    try:
        with site.database.writing() as db:
            end_login(db, member.account_id, login_id, site.now(), origin())
    except NoSuchLogin:
        abort(404)
    if login_id == member.login_id:
        session.clear()
    flash("That browser is signed out.", "success")
    return go(url_for(".page"))


@blueprint.post("/logins/end-others")
def end_others() -> Response:
    """End every login but this one."""
    site, member = this_site(), me()
    with site.database.writing() as db:
        ended = end_the_others(db, member.account_id, member.login_id, site.now(), origin())
    words = "You were signed in nowhere else." if not ended else "Every other browser is signed out."
    flash(words, "success")
    return go(url_for(".page"))
