"""To every address the account had: it was deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.identity import NAME_KEPT_FOR
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class AccountDeleted:
    """The username it had, and when it was deleted."""

    username: str
    at: datetime


def render(context: EmailContext, email: QueuedEmail[AccountDeleted]) -> Rendered:
    """Render it from its payload alone: the account is gone."""
    values = {
        "username": email.payload.username,
        "at": email.payload.at,
        "days": NAME_KEPT_FOR.days,
        "home_url": context.pages.home,
    }
    return render_templates(__name__, "goodbye", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional account."""
    about = "To every address, when the account was deleted three days later."
    yield GOODBYE.sample(context, about, AccountDeleted(ALICE, context.now))


GOODBYE = EmailType(
    name="goodbye",
    urgent=True,
    ttl=timedelta(days=7),
    payload=AccountDeleted,
    render=render,
    samples=samples,
)
