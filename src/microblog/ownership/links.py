"""The link "This wasn't me" in emails about changes, for one change and one address."""

from datetime import datetime

from microblog.email_context import EmailContext
from microblog.links import EmailedAction, Needs
from microblog.mail import canonical_identifier
from microblog.ownership.models import ReportableChange
from microblog.ownership.reportable import REPORTABLE_WITHIN, ChangeKind


def report_state(to: str) -> tuple[str, ...]:
    """Return what a link to report a change is bound to, beside the change: the address it was sent to.

    And nothing that the next change of the account could alter: a thief who sets the password again, or changes the
    email address, must not end it. What ends it is the owner's return, by as good a proof.
    """
    return (canonical_identifier(to),)


REPORT_LINK = EmailedAction("not_me", "/not-me", max(REPORTABLE_WITHIN.values()), report_state, needs=Needs.TICK)


def report_link(
    context: EmailContext, change_id: int, kind: ChangeKind, changed: datetime, to: str
) -> tuple[str, datetime]:
    """Return the address of the link and when it ends; an empty one where it has ended.

    The days in which it works began with the change.
    """
    ends = (changed + REPORTABLE_WITHIN[kind]).replace(microsecond=0)
    if context.now >= ends:
        return "", ends
    return context.links.signed_url(REPORT_LINK, change_id, to, expires=ends), ends


def report_link_if_told(
    context: EmailContext, change_id: int, kind: ChangeKind, changed: datetime, to: str
) -> tuple[str, datetime]:
    """Return the same, and an empty link where the change is gone, or this address may not report it."""
    change = context.session.get(ReportableChange, change_id)
    link, ends = report_link(context, change_id, kind, changed, to)
    may_report = change is not None and to in (change.email, change.second_email)
    return link if may_report else "", ends
