"""To every address: recovery codes were made, and how to report that it was somebody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from microblog.email_context import EmailContext
from microblog.links import SAMPLE_TOKEN
from microblog.mail import ALICE, ALICES_ADDRESS, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin
from microblog.ownership import REPORT_LINK, REPORTABLE_WITHIN, ChangeKind, report_link_if_told


@dataclass(frozen=True)
class RecoveryCodesMade:
    """The time, the origin, and the reportable change."""

    username: str
    at: datetime
    origin: Origin
    change_id: int


def render(context: EmailContext, email: QueuedEmail[RecoveryCodesMade]) -> Rendered:
    """Sign the link to report it."""
    made = email.payload
    link, ends = report_link_if_told(context, made.change_id, ChangeKind.CODES_MADE, made.at, email.to)
    return render_made(context, email.to, made, link, ends)


def render_made(context: EmailContext, to: str, made: RecoveryCodesMade, link: str, ends: datetime) -> Rendered:
    """Fill the templates."""
    values: dict[str, Any] = {
        "username": made.username,
        "at": made.at,
        "origin": made.origin.words,
        "link": link,
        "ends": ends,
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "recovery_codes_made", to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    made = RecoveryCodesMade(ALICE, context.now, SAMPLE_ORIGIN, 0)
    link, ends = context.links.url(REPORT_LINK, SAMPLE_TOKEN), context.now + REPORTABLE_WITHIN[ChangeKind.CODES_MADE]
    rendered = render_made(context, ALICES_ADDRESS, made, link, ends)
    yield Sample("recovery_codes_made", "After a member made recovery codes to print.", rendered)


RECOVERY_CODES_MADE = EmailType(
    name="recovery_codes_made",
    urgent=True,
    ttl=timedelta(days=7),
    payload=RecoveryCodesMade,
    render=render,
    samples=samples,
)
