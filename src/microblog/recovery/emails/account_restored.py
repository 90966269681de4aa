"""To every address that was removed, restored or kept: changes to the account's addresses were undone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin


class Became(StrEnum):
    """The outcome for one address."""

    REMOVED = "removed"
    RESTORED = "restored"
    KEPT = "kept"


@dataclass(frozen=True)
class AccountRestored:
    """The changes undone, and the outcome for the address this goes to.

    `locked`: no password opens the account until a new one is chosen.
    """

    username: str
    at: datetime
    origin: Origin
    locked: bool
    became: Became


def render(context: EmailContext, email: QueuedEmail[AccountRestored]) -> Rendered:
    """Render it from its payload alone."""
    restored = email.payload
    values = {
        "username": restored.username,
        "at": restored.at,
        "origin": restored.origin.words,
        "locked": restored.locked,
        "became": restored.became.value,
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "account_restored", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for an address that was restored."""
    about = "After somebody reported a takeover, to every address that was removed, restored or kept."
    restored = AccountRestored(ALICE, context.now, SAMPLE_ORIGIN, locked=True, became=Became.RESTORED)
    yield ACCOUNT_RESTORED.sample(context, about, restored)


ACCOUNT_RESTORED = EmailType(
    name="account_restored",
    urgent=True,
    ttl=timedelta(days=7),
    payload=AccountRestored,
    render=render,
    samples=samples,
)
