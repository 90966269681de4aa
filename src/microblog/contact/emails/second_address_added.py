"""To both addresses: a backup email was added."""

from collections.abc import Iterator
from datetime import timedelta

from microblog.contact.emails.backup_email_notice import BackupEmailChanged, notice_values, sample_values
from microblog.email_context import EmailContext
from microblog.mail import ALICES_ADDRESS, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.ownership import ChangeKind


def render(context: EmailContext, email: QueuedEmail[BackupEmailChanged]) -> Rendered:
    """Sign the link to report it."""
    values = notice_values(context, email.payload, ChangeKind.BACKUP_ADDED, email.to)
    return render_templates(__name__, "second_address_added", email.to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render it for a fictional member."""
    rendered = render_templates(
        __name__, "second_address_added", ALICES_ADDRESS, sample_values(context, ChangeKind.BACKUP_ADDED)
    )
    yield Sample("second_address_added", "After a second address was confirmed, to both addresses.", rendered)


SECOND_ADDRESS_ADDED = EmailType(
    name="second_address_added",
    urgent=True,
    ttl=timedelta(days=7),
    payload=BackupEmailChanged,
    render=render,
    samples=samples,
)
