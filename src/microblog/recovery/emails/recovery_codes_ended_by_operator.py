"""To every address: an administrator ended all recovery codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class RecoveryCodesEndedByOperator:
    """The account, and when its codes were ended."""

    username: str
    at: datetime


def render(context: EmailContext, email: QueuedEmail[RecoveryCodesEndedByOperator]) -> Rendered:
    """Render it from its payload alone."""
    values = {
        "username": email.payload.username,
        "at": email.payload.at,
        "home_url": context.pages.home,
    }
    return render_templates(__name__, "recovery_codes_ended_by_operator", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    about = "To every address, after `microblog end-recovery-codes`."
    yield RECOVERY_CODES_ENDED_BY_OPERATOR.sample(context, about, RecoveryCodesEndedByOperator(ALICE, context.now))


RECOVERY_CODES_ENDED_BY_OPERATOR = EmailType(
    name="recovery_codes_ended_by_operator",
    urgent=True,
    ttl=timedelta(days=7),
    payload=RecoveryCodesEndedByOperator,
    render=render,
    samples=samples,
)
