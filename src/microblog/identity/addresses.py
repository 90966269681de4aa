"""The addresses of an account, and how far its password is trusted just after a recovery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.identity.lookup import find_backup_email
from microblog.identity.models import Account, RemovedAddress


def notice_addresses(session: Session, account: Account) -> list[str]:
    """Return every confirmed address of an account, the first one first: notices go to all of them."""
    second = find_backup_email(session, account.id)
    return [account.email, second.email] if second else [account.email]


ESTABLISHED_AFTER = timedelta(days=14)


class Role(StrEnum):
    """The role of an address in an account."""

    PRIMARY = "primary"
    BACKUP = "backup"


@dataclass(frozen=True)
class Standing:
    """An address that an account has, or had within the last 14 days."""

    email: str
    email_key: str
    role: Role
    since: datetime
    removed_at: datetime | None = None


def present_addresses(session: Session, account: Account) -> list[Standing]:
    """Return the addresses an account has, the primary one first."""
    found = [Standing(account.email, account.email_key, Role.PRIMARY, account.email_since or account.created_at)]
    if second := find_backup_email(session, account.id):
        found.append(Standing(second.email, second.email_key, Role.BACKUP, second.added_at))
    return found


def removed_addresses(session: Session, account_id: int, now: datetime) -> list[Standing]:
    """Return the addresses an account had within the last 14 days, the one removed first first."""
    lately = RemovedAddress.account_id == account_id, RemovedAddress.removed_at > now - ESTABLISHED_AFTER
    rows = session.scalars(select(RemovedAddress).where(*lately).order_by(RemovedAddress.removed_at))
    return [Standing(one.email, one.email_key, Role(one.role), one.since, one.removed_at) for one in rows]


def standing_of(session: Session, account: Account, email_key: str, now: datetime) -> Standing | None:
    """Return how an account has or had an address; None where it never did, or its owner removed it as a thief's."""
    every = [*present_addresses(session, account), *removed_addresses(session, account.id, now)]
    return next((one for one in every if one.email_key == email_key), None)


def record_removed(session: Session, account_id: int, gone: Standing, now: datetime) -> None:
    """Remember an address that is removed by an ordinary change, so that its reader can say it was taken from them."""
    forget_removed(session, account_id, [gone.email_key])
    row = RemovedAddress(
        account_id=account_id,
        email_key=gone.email_key,
        email=gone.email,
        role=gone.role,
        since=gone.since,
        removed_at=now,
    )
    session.add(row)
    session.flush()


def forget_removed(session: Session, account_id: int, email_keys: Sequence[str]) -> None:
    """Forget removed addresses: they are back, or were never the owner's. What was mailed to those dies."""
    session.flush()
    these = RemovedAddress.account_id == account_id, RemovedAddress.email_key.in_(email_keys)
    session.execute(delete(RemovedAddress).where(*these))


def since_when(session: Session, account: Account, email_key: str, now: datetime) -> datetime:
    """Return since when an account counts as having an address that is added now: its former time is kept."""
    known = standing_of(session, account, email_key, now)
    return known.since if known else now
