"""To the admins, now and then: which errors went on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.error_reports.occurrences import Occurrences, in_words
from microblog.mail import EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class RecurringError:
    """One error that went on."""

    key: str
    occurrences: Occurrences
    last_at: datetime

    @property
    def title(self) -> str:
        """Name it in a few words: the key without its hash."""
        return self.key.rpartition(" ")[0]


@dataclass(frozen=True)
class ErrorsWentOn:
    """All of them, the newest first."""

    errors: tuple[RecurringError, ...]


def render(context: EmailContext, email: QueuedEmail[ErrorsWentOn]) -> Rendered:
    """Render it from its payload alone."""
    errors = [
        {"title": error.title, "often": error.occurrences.words, "last": in_words(error.last_at)}
        for error in email.payload.errors
    ]
    return render_templates(__name__, "more_errors", email.to, {"errors": errors, "home": context.pages.home})


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render two fictional errors."""
    now = context.now
    often = Occurrences(times=7, first_at=now, untold=6, told_at=now)
    never_told = Occurrences(times=2, first_at=now, untold=2, told_at=None)
    errors = (
        RecurringError("KeyError in register_post 6f0c2d8e9b1a4f7d3c5e", often, now + timedelta(minutes=40)),
        RecurringError("OSError in send 0123456789abcdef0123", never_told, now),
    )
    about = "To the admins, once an hour at most, when such errors go on."
    yield MORE_ERRORS.sample(context, about, ErrorsWentOn(errors))


MORE_ERRORS = EmailType(
    name="more_errors",
    ttl=timedelta(days=3),
    payload=ErrorsWentOn,
    render=render,
    samples=samples,
)
