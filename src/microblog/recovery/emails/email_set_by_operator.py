"""To the previous addresses and the new one: an administrator set the email address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class EmailSetByOperator:
    """The account, and when its address was set."""

    username: str
    at: datetime


def render(context: EmailContext, email: QueuedEmail[EmailSetByOperator]) -> Rendered:
    """Render it from its payload alone."""
    values = {
        "username": email.payload.username,
        "at": email.payload.at,
        "home_url": context.pages.home,
    }
    return render_templates(__name__, "email_set_by_operator", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    about = "To the address of before and the new one, after `microblog set-email`."
    yield EMAIL_SET_BY_OPERATOR.sample(context, about, EmailSetByOperator(ALICE, context.now))


EMAIL_SET_BY_OPERATOR = EmailType(
    name="email_set_by_operator",
    urgent=True,
    ttl=timedelta(days=7),
    payload=EmailSetByOperator,
    render=render,
    samples=samples,
)
