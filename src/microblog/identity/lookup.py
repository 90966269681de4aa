"""Finding accounts."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from microblog.identity.models import Account, BackupEmail, FormerUsername
from microblog.identity.username_owners import holder_of, holders
from microblog.mail import canonical_identifier

LOADED = "accounts_by_key"  # of this session, for as long as its transaction


ACTIVE = select(Account).where(Account.deactivated_at.is_(None))


BY_ADDRESS = ACTIVE.where(Account.email_key == bindparam("wanted"))


BY_ADDRESSES = ACTIVE.where(Account.email_key.in_(bindparam("wanted", expanding=True)))


HOLDERS = holders(bindparam("wanted", expanding=True)).subquery()


BY_NAMES = ACTIVE.join(HOLDERS, HOLDERS.c.account_id == Account.id).add_columns(HOLDERS.c.username_key)


BY_NAME = ACTIVE.where(Account.id == holder_of(bindparam("wanted")))


ANYONE_BY_ADDRESS = select(Account).where(Account.email_key == bindparam("wanted"))


ANYONE_BY_NAME = select(Account).where(Account.id == holder_of(bindparam("wanted")))


FIRST = aliased(Account)


# Where an address is the first one of an account, that account has it, whoever named it as a second one before.
COUNTS = ~select(FIRST.id).where(FIRST.email_key == BackupEmail.email_key).exists()


SECOND = select(BackupEmail).where(COUNTS)


WITH_SECOND = (
    select(BackupEmail, Account)
    .join(Account, Account.id == BackupEmail.account_id)
    .where(COUNTS, Account.deactivated_at.is_(None))
)


BY_SECOND = WITH_SECOND.where(BackupEmail.email_key == bindparam("wanted"))


WANTED = bindparam("wanted", type_=String)


BY_ANY_NAME = ACTIVE.where(  # a union, for no database looks into four indexes for an OR with a subquery
    Account.id.in_(
        union_all(
            select(FIRST.id).where(FIRST.email_key == WANTED),
            select(FIRST.id).where(FIRST.username_key == WANTED),
            select(FormerUsername.account_id).where(FormerUsername.username_key == WANTED),
            select(BackupEmail.account_id).where(COUNTS, BackupEmail.email_key == WANTED),
        )
    )
)


@dataclass(frozen=True)
class Reached:
    """An account, and at which of its addresses: at the one that was typed, or by the username at all of them."""

    account: Account
    addresses: tuple[str, ...]


@dataclass
class Loaded:
    """The accounts looked up for a batch."""

    accounts: dict[str, Account | None]
    by_second: dict[str, Reached] = field(default_factory=dict)
    seconds: dict[int, BackupEmail] = field(default_factory=dict)
    """By account, of those that were looked up by their username."""


def find_anyone(session: Session, key: str) -> Account | None:
    """Find an account, be it active or deactivated, by the key of a username, present or former, or a first address."""
    return session.scalar(ANYONE_BY_ADDRESS if "@" in key else ANYONE_BY_NAME, {"wanted": key})


def find_by_key(session: Session, key: str) -> Account | None:
    """Find an active account by what all spellings share of a username, present or former, or of a first address."""
    loaded = batch_of(session)
    if key in loaded.accounts:
        return loaded.accounts[key]
    return session.scalar(BY_ADDRESS if "@" in key else BY_NAME, {"wanted": key})


def find_reached(session: Session, key: str) -> Reached | None:
    """Find the account and addresses that a reset email for this key goes to, also by a backup email."""
    account, known = find_by_key(session, key), key in batch_of(session).accounts
    if account is None:
        return find_by_backup_email(session, key) if "@" in key else None
    if "@" in key:
        return Reached(account, (account.email,))
    second = batch_of(session).seconds.get(account.id) if known else find_backup_email(session, account.id)
    return Reached(account, (account.email, second.email) if second else (account.email,))


def find_by_backup_email(session: Session, key: str) -> Reached | None:
    """Find an active account by its second address."""
    loaded = batch_of(session)
    if key in loaded.accounts:
        return loaded.by_second.get(key)
    found = session.execute(BY_SECOND, {"wanted": key}).one_or_none()
    return Reached(found.Account, (found.BackupEmail.email,)) if found else None


def find_backup_email(session: Session, account_id: int) -> BackupEmail | None:
    """Return the second address of an account, None where it has none that counts."""
    return session.scalar(SECOND.where(BackupEmail.account_id == account_id))


def batch_of(session: Session) -> Loaded:
    """Return what was looked up in this session; nothing where no batch was."""
    found: Loaded = session.info.get(LOADED) or Loaded({})
    return found


def load_by_keys(session: Session, keys: Collection[str]) -> None:
    """Look up several accounts in one question each for addresses, usernames and, if need be, second addresses.

    `find_by_key` and `find_reached` then know them.
    """
    loaded = Loaded(dict.fromkeys(keys))
    if addresses := [key for key in keys if "@" in key]:
        found = session.scalars(BY_ADDRESSES, {"wanted": addresses})
        loaded.accounts |= {account.email_key: account for account in found}
    if names := [key for key in keys if "@" not in key]:
        rows = list(session.execute(BY_NAMES, {"wanted": names}))
        rows.sort(key=lambda row: row.username_key == row.Account.username_key)  # a present one comes before a former
        loaded.accounts |= {row.username_key: row.Account for row in rows}
    load_seconds(session, loaded)
    session.info[LOADED] = loaded


def load_seconds(session: Session, loaded: Loaded) -> None:
    """Look up the second addresses that are among the keys, and those of whom a username was typed."""
    unknown = [key for key, account in loaded.accounts.items() if account is None and "@" in key]
    by_name = [account.id for key, account in loaded.accounts.items() if account and "@" not in key]
    if not unknown and not by_name:
        return
    wanted = or_(BackupEmail.email_key.in_(unknown), BackupEmail.account_id.in_(by_name))
    for second, account in session.execute(WITH_SECOND.where(wanted)):
        loaded.by_second[second.email_key] = Reached(account, (second.email,))
        loaded.seconds[account.id] = second


def find_by_any_name(session: Session, identifier: str) -> Account | None:
    """Find an active account by any username or either address: in one question, which takes as long to answer no."""
    return session.scalar(BY_ANY_NAME, {"wanted": canonical_identifier(identifier)})


def find_any(session: Session, key: str) -> Account | None:
    """Find an account, active or not, by any username or one of its addresses. For the operator, not for visitors."""
    found = find_anyone(session, key)
    if found or "@" not in key:
        return found
    second = select(BackupEmail.account_id).where(BackupEmail.email_key == key)
    return session.scalar(select(Account).where(Account.id.in_(second)))


def get_account(session: Session, account_id: int) -> Account | None:
    """Return an active account by its number."""
    return session.scalar(select(Account).where(Account.id == account_id, Account.deactivated_at.is_(None)))


def get_visible(session: Session, account_id: int) -> Account | None:
    """Return an account by its number if others see it."""
    return session.scalar(select(Account).where(Account.id == account_id, is_visible(Account)))


def lock_key_share(session: Session, account_id: int) -> bool:
    """Keep an account from being deleted or taken back until this transaction ends; False where it is gone already.

    Whoever does either holds the account, and ends its logins then. So an account comes before its logins: the other
    way round, two would wait for each other.
    """
    mine = select(Account.id).where(Account.id == account_id).with_for_update(read=True, key_share=True)
    return session.scalar(mine) is not None


def without_account(key: SQLColumnExpression[str | None]) -> ColumnElement[bool]:
    """Return the condition that a key is no address and no username, present or former, of any account."""
    with_address = select(Account.id).where(Account.email_key == key).exists()
    with_username = select(Account.id).where(Account.username_key == key).exists()
    with_former = select(FormerUsername.account_id).where(FormerUsername.username_key == key).exists()
    with_second = select(BackupEmail.account_id).where(BackupEmail.email_key == key).exists()
    return and_(~with_address, ~with_username, ~with_former, ~with_second)


def is_visible(account: type[Account]) -> ColumnElement[bool]:
    """Return the condition that others see an account: it is neither deactivated nor about to be deleted.

    Whoever signs in to an account or recovers it still finds one that is about to be deleted: that is how it is kept.
    """
    return and_(account.deactivated_at.is_(None), account.deletion_due_at.is_(None))


def is_active(account_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return `is_visible` for an account's number: one look at the account, where a join might read all of them."""
    hidden = select(func.coalesce(Account.deactivated_at, Account.deletion_due_at))
    return hidden.where(Account.id == account_id).scalar_subquery().is_(None)


def username_of(account_id: SQLColumnExpression[int]) -> ScalarSelect[str]:
    """Return the username of an account as a column, by one look at it as well."""
    return select(Account.username).where(Account.id == account_id).scalar_subquery()
