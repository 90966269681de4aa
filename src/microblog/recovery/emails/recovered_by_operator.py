"""To every address: an administrator made a link to choose a new password."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class RecoveredByOperator:
    """The time of the recovery, and for how many minutes the link works."""

    username: str
    at: datetime
    minutes: int


def render(context: EmailContext, email: QueuedEmail[RecoveredByOperator]) -> Rendered:
    """Render it from its payload alone."""
    values = {
        "username": email.payload.username,
        "at": email.payload.at,
        "minutes": email.payload.minutes,
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "recovered_by_operator", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    about = "After whoever runs the site asked for a link: `microblog recover`."
    yield RECOVERED_BY_OPERATOR.sample(
        context, about, RecoveredByOperator(ALICE, context.now, context.settings.reset_link_minutes)
    )


RECOVERED_BY_OPERATOR = EmailType(
    name="recovered_by_operator",
    urgent=True,
    ttl=timedelta(days=7),
    payload=RecoveredByOperator,
    render=render,
    samples=samples,
)
