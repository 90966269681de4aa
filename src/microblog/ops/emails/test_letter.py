"""To an address that an administrator gives: a test email. It is sent at once, never queued."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.links import Pages
from microblog.mail import EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class NothingToSay:
    """An empty payload."""


def write_test_email(to: str, pages: Pages, now: datetime) -> Rendered:
    """Render it for an address."""
    return render_templates(__name__, "test_letter", to, {"now": now, "link": pages.sign_in})


def render(context: EmailContext, email: QueuedEmail[NothingToSay]) -> Rendered:
    """Render it as `microblog mail test` sends it."""
    return write_test_email(email.to, context.pages, context.now)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional administrator."""
    about = "When whoever runs the site asks for it: `microblog mail test`."
    yield TEST_EMAIL.sample(context, about, NothingToSay())


TEST_EMAIL = EmailType(
    name="test_letter",
    ttl=timedelta(hours=1),
    payload=NothingToSay,
    render=render,
    samples=samples,
)
