"""To every present address: somebody asked to change the email address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin


@dataclass(frozen=True)
class AddressChangeAsked:
    """The time of the request, and its origin."""

    username: str
    at: datetime
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[AddressChangeAsked]) -> Rendered:
    """Render it from its payload alone."""
    values = {
        "username": email.payload.username,
        "at": email.payload.at,
        "origin": email.payload.origin.words,
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "address_change_asked", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a fictional request."""
    about = "To the present address, when a member asks to move to another."
    yield ADDRESS_CHANGE_ASKED.sample(context, about, AddressChangeAsked(ALICE, context.now, SAMPLE_ORIGIN))


ADDRESS_CHANGE_ASKED = EmailType(
    name="address_change_asked",
    urgent=True,
    ttl=timedelta(days=7),
    payload=AddressChangeAsked,
    render=render,
    samples=samples,
)
