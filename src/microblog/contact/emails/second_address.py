"""To an address named as a backup email: the link that confirms it, or to its owner that it is taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from microblog.contact.address_owners import owner_of
from microblog.contact.links import BACKUP_EMAIL_LINK, OPEN_FOR, backup_email_link
from microblog.contact.models import PendingBackupEmail
from microblog.email_context import EmailContext
from microblog.identity import Account, get_account
from microblog.limits import Limit
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
from microblog.settings import Settings

COUNTED = {"counted": True}


@dataclass(frozen=True)
class BackupEmailAsked:
    """The account that shall have the backup email, and the key of the address."""

    account_id: int
    email_key: str


def render(context: EmailContext, email: QueuedEmail[BackupEmailAsked]) -> Result:
    """Render it for whoever the address belongs to now, counting it once, however often it is tried."""
    account = get_account(context.session, email.payload.account_id)
    pending = context.session.get(PendingBackupEmail, email.payload.account_id)
    if account is None or pending is None or pending.email_key != email.payload.email_key:
        return Skip("backup_email_over")
    if "counted" not in email.progress and not count_email(context, pending):
        return Skip("too_many_backup_email_emails")
    owner = owner_of(context.session, pending.email_key)
    if owner:
        values = taken_values(context, owner[0].username)
        return render_templates(__name__, "second_address_taken", owner[1], values, progress=COUNTED)
    return render_link(context, account, pending)


def count_email(context: EmailContext, pending: PendingBackupEmail) -> bool:
    """Count one email to the address, and tell whether it may go."""
    return context.limits.spend(context.session, per_address(context.settings), pending.email_key, context.now).allowed


def per_address(settings: Settings) -> Limit:
    """Return how many of these one address gets."""
    return Limit("second-address letters per address", settings.limits.second_address_per_identifier)


def render_link(context: EmailContext, account: Account, pending: PendingBackupEmail) -> Rendered:
    """Sign the link. No username stands in the email: nobody knows yet who reads it."""
    ends = pending.expires_at = context.now + OPEN_FOR  # counted from when the email leaves
    values = {"link": backup_email_link(context, account, pending, ends), "ends": ends}
    return render_templates(__name__, "second_address", pending.email, values, progress=COUNTED)


def taken_values(context: EmailContext, username: str) -> dict[str, str]:
    """Return what the templates for the owner of the address need."""
    return {"username": username, "sign_in_url": context.pages.sign_in}


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render both cases."""
    values = {"link": context.links.url(BACKUP_EMAIL_LINK, SAMPLE_TOKEN), "ends": context.now + OPEN_FOR}
    yield Sample(
        "second_address",
        "After a member named a second address, to that address.",
        render_templates(__name__, "second_address", ALICES_ADDRESS, values),
    )
    yield Sample(
        "second_address_taken",
        "After a member named a second address that belongs to another account, to the owner.",
        render_templates(__name__, "second_address_taken", ALICES_ADDRESS, taken_values(context, ALICE)),
    )


SECOND_ADDRESS = EmailType(
    name="second_address",
    urgent=True,
    ttl=OPEN_FOR,
    payload=BackupEmailAsked,
    render=render,
    samples=samples,
)
