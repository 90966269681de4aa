"""To every address: somebody signed in after many attempts that failed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.auth.failed_sign_ins import MOST_COUNTED
from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin


@dataclass(frozen=True)
class SignedInAfterFailures:
    """The sign-in, and the attempts before it."""

    username: str
    at: datetime
    origin: Origin
    times: int
    since: datetime
    origins: tuple[Origin, ...]
    """Of the failed attempts, the most frequent ones."""
    other_origins: int
    """How many there are besides those."""


def render(context: EmailContext, email: QueuedEmail[SignedInAfterFailures]) -> Rendered:
    """Render it from its payload alone."""
    happened = email.payload
    values = {
        "username": happened.username,
        "at": happened.at,
        "place": happened.origin.words,
        "times": describe_times(happened.times),
        "since": happened.since,
        "places": describe_origins(happened.origins, happened.other_origins),
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "failed_sign_ins", email.to, values)


def describe_times(times: int) -> str:
    """Say how often, as far as it was counted."""
    return f"{times:,}" if times < MOST_COUNTED else f"more than {MOST_COUNTED - 1:,}"


def describe_origins(origins: tuple[Origin, ...], others: int) -> str:
    """List some origins, and say how many there are besides."""
    words = [origin.words for origin in origins]
    if others:
        words.append("one other place" if others == 1 else f"{others} other places")
    return "; ".join(words)


# Networks nobody has (RFC 5737).
SAMPLE_ORIGINS = (Origin("Chrome on Linux", "203.0.113.0/24"), Origin("Safari on iPhone", "198.51.100.0/24"))


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render 14 fictional attempts from two places."""
    since = context.now - timedelta(minutes=13)
    happened = SignedInAfterFailures(ALICE, context.now, SAMPLE_ORIGIN, 14, since, SAMPLE_ORIGINS, 0)
    about = "After a sign-in with the right password that ten or more failed ones came before."
    yield FAILED_SIGN_INS.sample(context, about, happened)


FAILED_SIGN_INS = EmailType(
    name="failed_sign_ins",
    ttl=timedelta(days=7),
    payload=SignedInAfterFailures,
    render=render,
    samples=samples,
)
