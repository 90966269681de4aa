"""The backup email: added by a member, confirmed by an email there, and removed.

The request looks nobody up. The worker does, when it renders the email: to a free address goes the link, and the owner
of one that is taken is told, so no page says whose an address is.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import lock_verified, refuse_after_recovery
from microblog.contact.address_owners import owner_of
from microblog.contact.emails.backup_email_notice import BackupEmailChanged
from microblog.contact.emails.second_address import SECOND_ADDRESS, BackupEmailAsked
from microblog.contact.emails.second_address_added import SECOND_ADDRESS_ADDED
from microblog.contact.emails.second_address_removed import SECOND_ADDRESS_REMOVED
from microblog.contact.errors import BackupExists, BackupIsEmail, NoBackup
from microblog.contact.links import OPEN_FOR
from microblog.contact.models import PendingBackupEmail
from microblog.context import Context
from microblog.email_context import EmailContext
from microblog.identity import Account, BackupEmail, Standing, get_account, notice_addresses
from microblog.identity.addresses import forget_removed, since_when
from microblog.identity.backup_emails import insert_backup_email, retire_backup_email
from microblog.limits import Limit
from microblog.links import GenuineLink, LinkProblem
from microblog.mail import Address, EmailType, queue
from microblog.origin import Origin
from microblog.ownership import ChangeKind, record_change


@dataclass(frozen=True)
class OpenedBackupEmail:
    """A backup email whose link was opened, waiting for the button."""

    link: GenuineLink
    pending: PendingBackupEmail
    account: Account


def add_backup_email(context: Context, verified: Account, address: Address) -> None:
    """Keep an address and queue its email, for an account whose password was just checked. Nobody is looked up.

    Raises:
        RateLimited: it was asked too often.
        RecoveredLately: the account was recovered within a day.
        BackupEmailRefused: it is the member's own already, or there is one.
        ChangedMeanwhile: the password was changed since it was checked.
    """
    per_member = Limit("second addresses per member", context.settings.limits.second_address_per_member)
    with context.writing() as session:
        context.spend(session, (per_member, str(verified.id)))
        request_backup_email(session, verified, address, context.now, context.origin)


def request_backup_email(session: Session, verified: Account, address: Address, now: datetime, origin: Origin) -> None:
    """Do the same, uncounted, as part of a transaction."""
    account = lock_verified(session, verified)
    refuse_after_recovery(account, now)
    if address.key == account.email_key:
        raise BackupIsEmail
    if session.get(BackupEmail, account.id):
        raise BackupExists
    session.execute(delete(PendingBackupEmail).where(PendingBackupEmail.account_id == account.id))
    session.add(
        PendingBackupEmail(
            account_id=account.id,
            email=address.spelled,
            email_key=address.key,
            asked_at=now,
            expires_at=now + OPEN_FOR,
        )
    )
    payload = BackupEmailAsked(account.id, address.key)
    key = f"second {account.id} {address.key}"
    queue(session, SECOND_ADDRESS, to=address.spelled, payload=payload, now=now, key=key)
    events.record(session, account.id, EventType.BACKUP_EMAIL_REQUESTED, now, origin=origin)


def open_backup_email(session: Session, link: GenuineLink, now: datetime) -> OpenedBackupEmail:
    """Return what a link confirms, and for which account; changes nothing.

    Raises:
        LinkRefused: it was used, replaced, or took too long.
    """
    account, pending = get_account(session, link.subject), session.get(PendingBackupEmail, link.subject)
    alive = not link.has_expired(now) and pending is not None and pending.expires_at > now
    if account is None or pending is None or not alive or not link.matches(account, pending):
        raise link.refused(LinkProblem.USED)
    return OpenedBackupEmail(link, pending, account)


def confirm_backup_email(context: Context, opened: OpenedBackupEmail) -> None:
    """Add the address, and tell all addresses. Of two that press the button at once, one does.

    Whoever calls this knows that it is the owner: by a session, or by the password.

    Raises:
        LinkRefused: as `open_backup_email`, or the address belongs to another account.
        RecoveredLately: the account was recovered within a day.
    """
    with context.writing() as session:
        attach_backup_email(session, opened.link, context.now, context.origin)


def attach_backup_email(session: Session, link: GenuineLink, now: datetime, origin: Origin) -> None:
    """Do the same, as part of a transaction."""
    opened = open_backup_email(session, link, now)
    pending, account = opened.pending, opened.account
    account = session.get_one(Account, account.id, with_for_update=True)  # first of all, as when asking
    refuse_after_recovery(account, now)
    if owner_of(session, pending.email_key):
        raise link.refused(LinkProblem.ADDRESS_TAKEN)
    used = delete(PendingBackupEmail).where(PendingBackupEmail.account_id == account.id)
    if session.scalar(used.returning(PendingBackupEmail.account_id)) is None:
        raise link.refused(LinkProblem.USED)
    since = since_when(session, account, pending.email_key, now)
    forget_removed(session, account.id, [pending.email_key])
    try:
        insert_backup_email(session, account.id, pending.email, pending.email_key, since)
    except IntegrityError as error:  # another account confirmed the same address just now
        raise link.refused(LinkProblem.ADDRESS_TAKEN) from error
    events.record(session, account.id, EventType.BACKUP_EMAIL_ADDED, now, origin=origin)
    change_id = record_change(session, account.id, ChangeKind.BACKUP_ADDED, [account.email], now)
    change = BackupEmailChanged(account.username, pending.email, now, origin, change_id)
    queue_notices(session, SECOND_ADDRESS_ADDED, notice_addresses(session, account), change)


def remove_backup_email(context: Context, verified: Account) -> None:
    """Remove the backup email of an account whose password was just checked, note it, and tell both addresses.

    Links to choose a new password that are under way die, for one of them may be in the mailbox that is removed.

    Removing is never refused for a time after a recovery: a thief may have added it. For 14 days it is remembered, so
    that its owner can have it back if a thief removed it.

    Raises:
        BackupEmailRefused: there is none.
        ChangedMeanwhile: the password was changed since it was checked.
    """
    with context.writing() as session:
        detach_backup_email(session, verified, context.now, context.origin)


def detach_backup_email(session: Session, verified: Account, now: datetime, origin: Origin) -> None:
    """Do the same, as part of a transaction."""
    account = lock_verified(session, verified)
    told = notice_addresses(session, account)
    gone, change_id = take_off(session, account, now)
    events.record(session, account.id, EventType.BACKUP_EMAIL_REMOVED, now, origin=origin)
    change = BackupEmailChanged(account.username, gone.email, now, origin, change_id)
    queue_notices(session, SECOND_ADDRESS_REMOVED, told, change)


def take_off(session: Session, account: Account, now: datetime) -> tuple[Standing, int]:
    """Take the backup email off an account whose row is held; return it, and the number of the change.

    Raises:
        BackupEmailRefused: there is none.
    """
    gone = retire_backup_email(session, account, now)
    if gone is None:
        raise NoBackup
    return gone, record_change(session, account.id, ChangeKind.BACKUP_REMOVED, [account.email], now)


def queue_notices(
    session: Session, email_type: EmailType[EmailContext, BackupEmailChanged], to: list[str], change: BackupEmailChanged
) -> None:
    """Queue the email that says what was done, to each address."""
    for one in to:
        queue(session, email_type, to=one, payload=change, now=change.at)
