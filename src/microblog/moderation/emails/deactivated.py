"""To every address: an administrator deactivated the account."""

from collections.abc import Iterator
from datetime import timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.moderation.notice import ModerationNotice


def render(context: EmailContext, email: QueuedEmail[ModerationNotice]) -> Rendered:
    """Render it from its payload alone."""
    values = {"username": email.payload.username, "at": email.payload.at, "home_url": context.pages.home}
    return render_templates(__name__, "deactivated", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    yield DEACTIVATED.sample(context, "After `microblog deactivate`.", ModerationNotice(ALICE, context.now))


DEACTIVATED = EmailType(
    name="deactivated",
    ttl=timedelta(days=7),
    payload=ModerationNotice,
    render=render,
    samples=samples,
)
