"""\"This wasn't me\": the page where somebody says that it was not them who changed the password."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, session, url_for
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from microblog.limits import Limit
from microblog.recovery import TakeoverReport, report_takeover
from microblog.web.errors import NO_LINK_HERE, NOT_OPENED
from microblog.web.forms import BaseForm, FormPage, answers
from microblog.web.origin import origin
from microblog.web.pages import NOT_ME
from microblog.web.protection.rate_limits import spend
from microblog.web.redirects import see_other
from microblog.web.site import this_site

blueprint = Blueprint("not_me", __name__)

LINK = "not_me_link"  # where the session keeps an opened link
OTHER_TAB = "You opened another link in this browser since. Nothing was changed. This page is now for the account {}."
DONE = (
    "The account {} is locked, and everyone who was signed in is signed out. We have emailed you a link to choose "
    "a new password, at the address where you got the email about the change."
)


class NotMeForm(BaseForm):
    """Say that it was somebody else. A box to tick, for programs that look through mail press buttons, too."""

    sure = BooleanField("This wasn't me", [InputRequired("Please tick the box if you are sure.")])
    change = HiddenField()


PAGE = FormPage("recovery/not_me.html", NotMeForm)


@blueprint.get(NOT_ME + "/", defaults={"token": ""})
@blueprint.get(NOT_ME + "/<path:token>")
def open_link(token: str) -> Response:
    """Take the token out of the address bar, and change nothing."""
    opened(token)
    session[LINK] = token
    return see_other(url_for("not_me.page"))


def opened(token: str) -> TakeoverReport:
    """Return what a living link is about."""
    site = this_site()
    with site.database.reading() as db:
        return site.report_links.open(db, token, site.now())


@blueprint.get(NOT_ME)
def page() -> Response:
    """Say what will happen, if this browser has opened a living link."""
    if LINK not in session:
        return Response(render_template("recovery/dead_link.html", title=NOT_OPENED, text=NO_LINK_HERE), 400)
    return PAGE.show(NotMeForm(), **facts())


def facts() -> dict[str, Any]:
    """Return what the page shows: whose password it was, when it was changed, and whether they told us already."""
    return {"report": opened(session.get(LINK, ""))}


@blueprint.post(NOT_ME)
@answers(PAGE, facts)
def page_post(form: NotMeForm) -> Response:
    """Lock the account and send its owner a letter; pressed again, send another."""
    site = this_site()
    report = opened(session.get(LINK, ""))
    if form.change.data and form.change.data != str(report.change.id):
        form.refuse(OTHER_TAB.format(report.account.username))
        return PAGE.show(form, 409, report=report)
    per_change = Limit("letters after not-me", site.settings.limits.reset_per_identifier)
    with site.database.writing() as db:
        spend(db, (per_change, f"{report.change.id} {report.claimant.email_key}"))  # a thief's presses are their own
        report_takeover(db, report, origin(), site.now())
    session.pop(LINK, None)
    flash(DONE.format(report.account.username), "letter")
    return see_other(url_for("accounts.login"))
