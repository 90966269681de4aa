"""To every address the account had: its email address was changed, and how to take it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from microblog.contact.links import BACK_WITHIN, TAKE_BACK_LINK, take_back_link
from microblog.contact.models import AddressChange
from microblog.email_context import EmailContext
from microblog.links import SAMPLE_TOKEN
from microblog.mail import ALICE, ALICES_ADDRESS, EmailType, QueuedEmail, Result, Sample, Skip, render_templates
from microblog.origin import SAMPLE_ORIGIN, Origin


@dataclass(frozen=True)
class AddressChanged:
    """The change, and its origin."""

    change_id: int
    username: str
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[AddressChanged]) -> Result:
    """Sign the link that takes the address back."""
    change = context.session.get(AddressChange, email.payload.change_id)
    if change is None or change.completed_at is None or change.taken_back_at:
        return Skip("email_change_undone")
    link, ends = take_back_link(context, change, change.completed_at, email.to)
    values = {
        "username": email.payload.username,
        "changed": change.completed_at,
        "origin": email.payload.origin.words,
        "link": link,
        "ends": ends,
    }
    return render_templates(__name__, "address_changed", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a fictional change."""
    values = {
        "username": ALICE,
        "changed": context.now,
        "origin": SAMPLE_ORIGIN.words,
        "link": context.links.url(TAKE_BACK_LINK, SAMPLE_TOKEN),
        "ends": context.now + BACK_WITHIN,
    }
    rendered = render_templates(__name__, "address_changed", ALICES_ADDRESS, values)
    yield Sample("address_changed", "To the address before, when a member has moved.", rendered)


ADDRESS_CHANGED = EmailType(
    name="address_changed",
    urgent=True,
    ttl=timedelta(days=7),
    payload=AddressChanged,
    render=render,
    samples=samples,
)
