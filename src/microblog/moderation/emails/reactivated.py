"""To every address: an administrator reactivated the account."""

from collections.abc import Iterator
from datetime import timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.moderation.notice import ModerationNotice


def render(context: EmailContext, email: QueuedEmail[ModerationNotice]) -> Rendered:
    """Render it from its payload alone."""
    values = {"username": email.payload.username, "at": email.payload.at, "sign_in_url": context.pages.sign_in}
    return render_templates(__name__, "reactivated", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    yield REACTIVATED.sample(context, "After `microblog reactivate`.", ModerationNotice(ALICE, context.now))


REACTIVATED = EmailType(
    name="reactivated",
    ttl=timedelta(days=7),
    payload=ModerationNotice,
    render=render,
    samples=samples,
)
