"""Giving an account the addresses again that it had before somebody else was in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.identity import Account, BackupEmail, Role, Standing, present_addresses, removed_addresses
from microblog.identity.accounts import assign_email
from microblog.identity.addresses import forget_removed, record_removed
from microblog.identity.backup_emails import delete_backup_email, replace_backup_email
from microblog.ownership.seniority import is_junior

BOTH = frozenset(Role)


@dataclass(frozen=True)
class Restored:
    """The addresses an account lost and got back, and those that are another account's by now."""

    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    not_free: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dispute:
    """Somebody's word that others were in their account, worth as much as the proof it rests on."""

    present: list[Standing]
    removed: list[Standing]
    since: datetime
    email_key: str
    put_back: str
    never: str
    roles: Collection[Role]
    now: datetime

    def stays(self, one: Standing) -> bool:
        """Tell whether an address of now stays: only what the proof outranks goes."""
        return one.role not in self.roles or not is_junior(one.since, self.since, self.now)

    def comes_back(self, one: Standing) -> bool:
        """Tell whether a removed address comes back: it was there when the proof was, or is the proof."""
        if one.email_key == self.never:
            return False
        if one.email_key in (self.email_key, self.put_back):
            return True
        lost = one.removed_at is not None and one.removed_at > self.since
        return lost and one.role in self.roles and not is_junior(one.since, self.since, self.now)

    def equals(self, one: Standing, other: Standing) -> bool:
        """Tell whether an address is no less than another."""
        return not is_junior(one.since, other.since, self.now)

    def primary(self) -> list[Standing]:
        """Return what may be the primary address, the best first."""
        primary, *backup = self.present
        back = [one for one in self.removed if self.comes_back(one)]
        own = [one for one in [*self.present, *self.removed] if one.email_key == self.email_key]
        displaced = [one for one in own if one.role == Role.PRIMARY and one.removed_at and self.equals(one, primary)]
        if self.stays(primary):
            return [*displaced, primary]
        first = [one for one in back if one.role == Role.PRIMARY]
        return [*displaced, *first, *own, *(one for one in backup if self.stays(one)), primary]

    def backup(self) -> list[Standing]:
        """Return what may be the backup email, the best first."""
        primary, *backup = self.present
        back = [one for one in self.removed if self.comes_back(one) and one.role == Role.BACKUP]
        stays = [one for one in backup if self.stays(one)]
        return [*stays, *back, *([primary] if self.stays(primary) else [])]


def restore_addresses(  # noqa: PLR0913 - what a dispute is about
    session: Session,
    account: Account,
    since: datetime,
    now: datetime,
    *,
    email_key: str = "",
    put_back: str = "",
    never: str = "",
    forget_since: datetime | None = None,
    roles: Collection[Role] = BOTH,
) -> Restored:
    """Remove the addresses that a proof outranks, and put back those that were removed while it stood.

    `since` and `email_key` are the proof's; `put_back` is an address whose removal is disputed by name, and `never` one
    that stays away whatever its rank. Removed addresses that `forget_since` outranks are forgotten, by default those
    that the proof does. The account's row is the caller's to hold, FOR UPDATE.
    """
    present, removed = present_addresses(session, account), removed_addresses(session, account.id, now)
    dispute = Dispute(present, removed, since, email_key, put_back, never, roles, now)
    primary, taken = put_primary(session, account, dispute.primary())
    rest = [one for one in dispute.backup() if one.email_key != primary.email_key]
    backup, also_taken = put_backup(session, account, rest)
    have = [primary, *([backup] if backup else [])]
    keys = {one.email_key for one in have}
    forget_removed(session, account.id, [*keys, *junior_keys(removed, forget_since or since, now)])
    gone = [one for one in present if one.email_key not in keys]
    for one in gone:
        if dispute.stays(one):  # it is no thief's as far as anybody can tell
            record_removed(session, account.id, one, now)
    before = {one.email_key for one in present}
    return Restored(
        removed=tuple(one.email for one in gone),
        restored=tuple(one.email for one in have if one.email_key not in before),
        not_free=tuple(one.email for one in [*taken, *also_taken]),
    )


def junior_keys(removed: Iterable[Standing], since: datetime, now: datetime) -> list[str]:
    """Return the keys of removed addresses that a proof outranks."""
    return [one.email_key for one in removed if is_junior(one.since, since, now)]


def put_primary(session: Session, account: Account, candidates: Iterable[Standing]) -> tuple[Standing, list[Standing]]:
    """Make the first candidate that is free the primary address; return it, and those that were not free."""
    taken: list[Standing] = []
    for one in candidates:
        if one.email_key == account.email_key or set_primary(session, account, one):
            return one, taken
        taken.append(one)
    raise AssertionError  # the present one is always among them


def set_primary(session: Session, account: Account, one: Standing) -> bool:
    """Set an account's primary address; False where another account has it."""
    if belongs_to_another(session, account, one.email_key):
        return False
    try:
        assign_email(session, account.id, one.email, one.email_key, one.since)
    except IntegrityError:  # another account took it in the same moment
        return False
    session.refresh(account)
    return True


def put_backup(
    session: Session, account: Account, candidates: Iterable[Standing]
) -> tuple[Standing | None, list[Standing]]:
    """Make the first candidate that is free the backup email; return it, and those that were not free."""
    taken: list[Standing] = []
    for one in candidates:
        if set_backup(session, account, one):
            return one, taken
        taken.append(one)
    delete_backup_email(session, account.id)
    return None, taken


def set_backup(session: Session, account: Account, one: Standing) -> bool:
    """Set an account's backup email; False where another account has it."""
    had = session.get(BackupEmail, account.id, populate_existing=True)
    if had is not None and had.email_key == one.email_key:
        return True
    if belongs_to_another(session, account, one.email_key):
        return False
    try:
        replace_backup_email(session, account.id, one)
    except IntegrityError:
        return False
    return True


def belongs_to_another(session: Session, account: Account, key: str) -> bool:
    """Tell whether an address is the primary or backup one of another account."""
    primary = select(Account.id).where(Account.email_key == key, Account.id != account.id)
    backup = select(BackupEmail.account_id).where(BackupEmail.email_key == key)
    return session.scalar(primary.union_all(backup.where(BackupEmail.account_id != account.id)).limit(1)) is not None
