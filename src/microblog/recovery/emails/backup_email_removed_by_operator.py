"""To every address: an administrator removed the backup email."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.mail import ALICE, EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class BackupEmailRemovedByOperator:
    """The address, and when it was removed."""

    username: str
    at: datetime
    address: str


def render(context: EmailContext, email: QueuedEmail[BackupEmailRemovedByOperator]) -> Rendered:
    """Render it from its payload alone."""
    values = {
        "username": email.payload.username,
        "at": email.payload.at,
        "address": email.payload.address,
        "home_url": context.pages.home,
    }
    return render_templates(__name__, "backup_email_removed_by_operator", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    about = "To every address, after `microblog remove-backup-email`."
    yield BACKUP_EMAIL_REMOVED_BY_OPERATOR.sample(
        context, about, BackupEmailRemovedByOperator(ALICE, context.now, "alice@home.example")
    )


BACKUP_EMAIL_REMOVED_BY_OPERATOR = EmailType(
    name="backup_email_removed_by_operator",
    urgent=True,
    ttl=timedelta(days=7),
    payload=BackupEmailRemovedByOperator,
    render=render,
    samples=samples,
)
