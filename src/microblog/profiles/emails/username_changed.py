"""To every address: the username was changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin


@dataclass(frozen=True)
class UsernameChanged:
    """The new username and the one before."""

    username: str
    before: str
    at: datetime
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[UsernameChanged]) -> Rendered:
    """Render it from its payload alone."""
    change = email.payload
    values = {
        "username": change.username,
        "before": change.before,
        "at": change.at,
        "origin": change.origin.words,
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "username_changed", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a fictional change."""
    about = "To every address, when a member has chosen another username."
    yield USERNAME_CHANGED.sample(context, about, UsernameChanged(ALICE, "alys", context.now, SAMPLE_ORIGIN))


USERNAME_CHANGED = EmailType(
    name="username_changed",
    urgent=True,
    ttl=timedelta(days=7),
    payload=UsernameChanged,
    render=render,
    samples=samples,
)
