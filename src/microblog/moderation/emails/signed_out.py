"""To every address: an administrator ended all sessions of the account."""

from collections.abc import Iterator
from datetime import timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.moderation.notice import ModerationNotice


def render(context: EmailContext, email: QueuedEmail[ModerationNotice]) -> Rendered:
    """Render it from its payload alone."""
    values = {"username": email.payload.username, "at": email.payload.at, "sign_in_url": context.pages.sign_in}
    return render_templates(__name__, "signed_out", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    yield SIGNED_OUT.sample(context, "After `microblog sign-out`.", ModerationNotice(ALICE, context.now))


SIGNED_OUT = EmailType(
    name="signed_out",
    ttl=timedelta(days=7),
    payload=ModerationNotice,
    render=render,
    samples=samples,
)
