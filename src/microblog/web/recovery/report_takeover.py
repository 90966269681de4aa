"""\"This wasn't me\": the page of the link that reports a takeover."""

from flask import Response, flash, url_for
from wtforms import BooleanField
from wtforms.validators import InputRequired

from microblog.ownership import REPORT_LINK
from microblog.recovery import TakeoverReport, open_report, report_takeover
from microblog.web.emailed_actions import LinkPage
from microblog.web.forms import BaseForm, FormPage
from microblog.web.redirects import see_other
from microblog.web.use_cases import context

OTHER_TAB = (
    "You opened another link in this browser since. Nothing was changed. "
    "This page is now for the account {0.account.username}."
)
DONE = (
    "The account {} is locked, and everyone who was signed in is signed out. We have emailed you a link to choose "
    "a new password, at the address where you got the email about the change."
)


class NotMeForm(BaseForm):
    """Say that it was somebody else."""

    sure = BooleanField("This wasn't me", [InputRequired("Please tick the box if you are sure.")])


def press(form: NotMeForm, report: TakeoverReport) -> Response:  # noqa: ARG001 - every page is answered so
    """Lock the account and send its owner a link; pressed again, send another."""
    report_takeover(context(), report)
    flash(DONE.format(report.account.username), "email")
    return see_other(url_for("accounts.login"))


PAGE = LinkPage(
    REPORT_LINK,
    "not_me",
    FormPage("recovery/not_me.html", NotMeForm),
    open_report,
    lambda report: {"report": report},
    press,
    "recovery/dead_link.html",
    shown_for="change",
    other_tab=OTHER_TAB,
)
