"""To every address: the account will be deleted, and how to keep it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from microblog.email_context import EmailContext
from microblog.identity import get_account
from microblog.links import SAMPLE_TOKEN
from microblog.mail import (
    ALICE,
    ALICES_ADDRESS,
    EmailType,
    QueuedEmail,
    Rendered,
    Result,
    Sample,
    Skip,
    render_templates,
)
from microblog.origin import SAMPLE_ORIGIN, Origin
from microblog.personal_data.links import KEEP_LINK, keep_link
from microblog.personal_data.periods import DELETED_AFTER


@dataclass(frozen=True)
class DeletionAsked:
    """The account, the time of the request, and when it is deleted."""

    account_id: int
    at: datetime
    due: datetime
    origin: Origin


def render(context: EmailContext, email: QueuedEmail[DeletionAsked]) -> Result:
    """Sign the link that keeps the account."""
    asked = email.payload
    account = get_account(context.session, asked.account_id)
    if account is None or account.deletion_due_at != asked.due:
        return Skip("deletion_cancelled")
    return render_asked(context, email.to, account.username, asked, keep_link(context, account, asked.due))


def render_asked(context: EmailContext, to: str, username: str, asked: DeletionAsked, link: str) -> Rendered:
    """Fill the templates."""
    values: dict[str, Any] = {
        "username": username,
        "at": asked.at,
        "origin": asked.origin.words,
        "due": asked.due,
        "link": link,
        "forgot_url": context.pages.forgot,
    }
    return render_templates(__name__, "deletion_asked", to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional account."""
    asked = DeletionAsked(0, context.now, context.now + DELETED_AFTER, SAMPLE_ORIGIN)
    rendered = render_asked(context, ALICES_ADDRESS, ALICE, asked, context.links.url(KEEP_LINK, SAMPLE_TOKEN))
    yield Sample("deletion_asked", "To every address, when a member asks to delete the account.", rendered)


DELETION_ASKED = EmailType(
    name="deletion_asked",
    urgent=True,
    ttl=DELETED_AFTER,
    payload=DeletionAsked,
    render=render,
    samples=samples,
)
