"""To every address: somebody signed in from a new kind of device."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin


@dataclass(frozen=True)
class SignedInFromNewDevice:
    """The sign-in."""

    username: str
    at: datetime
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[SignedInFromNewDevice]) -> Rendered:
    """Render it from its payload alone."""
    values = {
        "username": email.payload.username,
        "at": email.payload.at,
        "place": email.payload.origin.words,
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "new_device", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a fictional sign-in."""
    about = "After a sign-in from a kind of browser and system that the account was not used from before."
    yield NEW_DEVICE.sample(context, about, SignedInFromNewDevice(ALICE, context.now, SAMPLE_ORIGIN))


NEW_DEVICE = EmailType(
    name="new_device",
    ttl=timedelta(days=7),
    payload=SignedInFromNewDevice,
    render=render,
    samples=samples,
)
