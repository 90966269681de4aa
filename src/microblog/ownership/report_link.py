"""The link "This wasn't me" in emails about changes: how it is signed, for one change and one address."""

from datetime import datetime

from microblog.email_context import EmailContext
from microblog.links import LinkSigner
from microblog.mail import canonical_identifier
from microblog.ownership.models import ReportableChange
from microblog.ownership.reportable import REPORTABLE_WITHIN, ChangeKind
from microblog.settings import Settings

PURPOSE = "not_me"  # the claim that carries the number of the change, and the audience


def report_signer(settings: Settings) -> LinkSigner:
    """Return what signs and reads these links on this site."""
    return LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE))


def sign_report(
    signer: LinkSigner, change_id: int, kind: ChangeKind, changed: datetime, to: str
) -> tuple[str, datetime]:
    """Return the token for the email about a change to one address, and when it ends."""
    ends = (changed + REPORTABLE_WITHIN[kind]).replace(microsecond=0)
    return signer.sign(change_id, canonical_identifier(to), expires=ends), ends


def report_link(
    context: EmailContext, change_id: int, kind: ChangeKind, changed: datetime, to: str
) -> tuple[str, datetime]:
    """Return the address of the link and when it ends; an empty one where it has ended.

    The days in which it works began with the change.
    """
    token, ends = sign_report(report_signer(context.settings), change_id, kind, changed, to)
    return context.links.not_me(token) if context.now < ends else "", ends


def report_link_if_told(
    context: EmailContext, change_id: int, kind: ChangeKind, changed: datetime, to: str
) -> tuple[str, datetime]:
    """Return the same, and an empty link where the change is gone, or this address may not report it."""
    change = context.session.get(ReportableChange, change_id)
    link, ends = report_link(context, change_id, kind, changed, to)
    may_report = change is not None and to in (change.email, change.second_email)
    return link if may_report else "", ends
