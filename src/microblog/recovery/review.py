""" "Is all of this yours?": what was added to an account lately, for its owner to look through after a recovery.

Whoever recovers an account sees this page, a thief too. So it never does more than the proof that the recovery rests on
allows: an older address or code is removed as any member can remove it, and can be put back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import lock_verified
from microblog.contact.backup_email import queue_notices, take_off
from microblog.contact.emails.backup_email_notice import BackupEmailChanged
from microblog.contact.emails.second_address_removed import SECOND_ADDRESS_REMOVED
from microblog.context import Context
from microblog.identity import ESTABLISHED_AFTER, Account, Role, find_backup_email, notice_addresses, removed_addresses
from microblog.identity.addresses import forget_removed
from microblog.origin import Origin
from microblog.ownership import Means, Recovery, is_junior, record_review, restore_addresses
from microblog.ownership.seniority import DISPUTES
from microblog.recovery.address_revert import tell_restored
from microblog.recovery.models import RecoveryCode
from microblog.recovery.owner_is_back import end_codes_made_since


class Addition(StrEnum):
    """The kind of an addition."""

    EMAIL = "email"
    BACKUP = "backup"
    CODES = "codes"


@dataclass(frozen=True)
class Recent:
    """Something that was added lately; `what` is an address, or how many codes there are."""

    kind: Addition
    what: str
    at: datetime


@dataclass(frozen=True)
class Review:
    """The additions to review, and the recovery that this session began with."""

    items: tuple[Recent, ...]
    recovery_id: int | None
    since: datetime
    email_key: str
    is_due: bool
    lately: datetime
    """Since when additions are shown: 14 days, or all of them after an administrator's help."""


def review_changes(context: Context, account: Account) -> Review:
    """Return what was added to an account lately, for its owner to look through."""
    with context.reading() as session:
        return review_of(session, account, context.now)


def remove_additions(context: Context, verified: Account, kinds: Collection[Addition]) -> None:
    """Remove what a member says is not theirs, whose password was just verified. Never refused after a recovery.

    Raises:
        ChangedMeanwhile: the password was changed since it was verified.
    """
    with context.writing() as session:
        remove_not_mine(session, verified, kinds, context.now, context.origin)


def confirm_additions(context: Context, account: Account) -> None:
    """Record that all of it is the member's."""
    with context.writing() as session:
        mark_reviewed(session, review_of(session, account, context.now), context.now)


def review_of(session: Session, account: Account, now: datetime) -> Review:
    """Return what was added to an account within the last 14 days."""
    last = last_return(session, account.id, now)
    since, key = (last.since, last.email_key) if last else (now, "")
    everything = last is not None and last.means == Means.ADMINISTRATOR
    lately = account.created_at if everything else now - ESTABLISHED_AFTER
    items = tuple(recent_changes(session, account, since, lately, now))
    due = last is not None and last.reviewed_at is None and bool(items)
    return Review(items, last.id if last else None, since, key, is_due=due, lately=lately)


def last_return(session: Session, account_id: int, now: datetime) -> Recovery | None:
    """Return the last recovery that set a password, if it was within 14 days. Every session of now is younger."""
    theirs = (
        Recovery.account_id == account_id,
        Recovery.means.not_in({*DISPUTES, Means.EMAIL_SET}),
        Recovery.at > now - ESTABLISHED_AFTER,
    )
    return session.scalar(select(Recovery).where(*theirs).order_by(Recovery.id.desc()).limit(1))


def recent_changes(
    session: Session, account: Account, since: datetime, lately: datetime, now: datetime
) -> list[Recent]:
    """Return what was added: a primary address only where the proof outranks it and there is one to put back."""
    found = list[Recent]()
    added = account.email_since
    if added and is_junior(added, since, now) and can_be_put_back(session, account, since, now):
        found.append(Recent(Addition.EMAIL, account.email, added))
    backup = find_backup_email(session, account.id)
    if backup and backup.added_at > lately:
        found.append(Recent(Addition.BACKUP, backup.email, backup.added_at))
    codes = select(func.count(), func.min(RecoveryCode.made_at)).where(RecoveryCode.account_id == account.id)
    number, made_at = session.execute(codes.where(RecoveryCode.made_at > lately)).one()
    if number:
        found.append(Recent(Addition.CODES, str(number), made_at))
    return found


def can_be_put_back(session: Session, account: Account, since: datetime, now: datetime) -> bool:
    """Tell whether there is an address that can be the primary one in place of today's."""
    removed = [one for one in removed_addresses(session, account.id, now) if one.role == Role.PRIMARY]
    backup = find_backup_email(session, account.id)
    older = backup is not None and not is_junior(backup.added_at, since, now)
    return older or any(not is_junior(one.since, since, now) for one in removed)


def remove_not_mine(
    session: Session, verified: Account, kinds: Collection[Addition], now: datetime, origin: Origin
) -> None:
    """Remove what a member says is not theirs, as part of a transaction."""
    account = lock_verified(session, verified)
    review = review_of(session, account, now)
    wanted = {one.kind for one in review.items} & set(kinds)
    if Addition.EMAIL in wanted:
        put_email_back(session, account, review, now, origin)
    if Addition.BACKUP in wanted:
        remove_backup(session, account, review, now, origin)
    if Addition.CODES in wanted:
        end_codes_made_since(session, account.id, review.lately)
        events.record(session, account.id, EventType.RECOVERY_CODES_ENDED, now, origin=origin)
    mark_reviewed(session, review, now)


def put_email_back(session: Session, account: Account, review: Review, now: datetime, origin: Origin) -> None:
    """Give the account the primary address it had before."""
    addresses = restore_addresses(session, account, review.since, now, email_key=review.email_key, roles={Role.PRIMARY})
    events.record(session, account.id, EventType.EMAIL_RESTORED, now, origin=origin)
    tell_restored(session, account, addresses, now, origin, locked=False)


def remove_backup(session: Session, account: Account, review: Review, now: datetime, origin: Origin) -> None:
    """Remove the backup email, and put an earlier one back that was removed while the proof stood."""
    told = notice_addresses(session, account)
    gone, change_id = take_off(session, account, now)
    if is_junior(gone.since, review.since, now):
        forget_removed(session, account.id, [gone.email_key])
    events.record(session, account.id, EventType.BACKUP_EMAIL_REMOVED, now, origin=origin)
    change = BackupEmailChanged(account.username, gone.email, now, origin, change_id)
    queue_notices(session, SECOND_ADDRESS_REMOVED, told, change)
    since = min(review.since, account.email_since or account.created_at)  # what the main address outranks stays away
    addresses = restore_addresses(
        session, account, since, now, roles={Role.BACKUP}, never=gone.email_key, forget_since=review.since
    )
    if addresses.restored:
        tell_restored(session, account, addresses, now, origin, locked=False)


def mark_reviewed(session: Session, review: Review, now: datetime) -> None:
    """Note that the member has looked through it."""
    if review.recovery_id:
        record_review(session, review.recovery_id, now)
