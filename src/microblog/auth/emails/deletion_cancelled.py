"""To every address: the account stays, for its deletion was cancelled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin


class CancelledBy(StrEnum):
    """The means by which a deletion was cancelled."""

    SIGN_IN = "sign_in"
    LINK = "link"
    RECOVERY = "recovery"
    OPERATOR = "operator"


REASONS = {
    CancelledBy.SIGN_IN: "because somebody signed in to the account",
    CancelledBy.LINK: "because somebody used the link in our email",
    CancelledBy.RECOVERY: "because somebody recovered the account",
    CancelledBy.OPERATOR: "because an administrator deactivated the account",
}


@dataclass(frozen=True)
class DeletionCancelled:
    """The means by which it was cancelled, and when."""

    username: str
    at: datetime
    by: CancelledBy
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[DeletionCancelled]) -> Rendered:
    """Render it from its payload alone."""
    cancelled = email.payload
    place = f", from {cancelled.origin.words}" if cancelled.origin.device else ""
    values = {
        "username": cancelled.username,
        "at": cancelled.at,
        "reason": f"{REASONS[cancelled.by]}{place}",
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "deletion_cancelled", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a deletion that a fictional sign-in cancelled."""
    cancelled = DeletionCancelled(ALICE, context.now, CancelledBy.SIGN_IN, SAMPLE_ORIGIN)
    yield DELETION_CANCELLED.sample(context, "To every address, when that was cancelled, as by signing in.", cancelled)


DELETION_CANCELLED = EmailType(
    name="deletion_cancelled",
    urgent=True,
    ttl=timedelta(days=7),
    payload=DeletionCancelled,
    render=render,
    samples=samples,
)
