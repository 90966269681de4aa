"""Finding accounts."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, and_, bindparam, select
from sqlalchemy.orm import Session

from microblog.accounts.models import Account
from microblog.accounts.names import holder_of, holders
from microblog.mail import canonical_identifier

LOADED = "accounts by key"  # of this session, for as long as its transaction
ACTIVE = select(Account).where(Account.deactivated_at.is_(None))
BY_ADDRESS = ACTIVE.where(Account.email_key == bindparam("wanted"))
BY_ADDRESSES = ACTIVE.where(Account.email_key.in_(bindparam("wanted", expanding=True)))
HOLDERS = holders(bindparam("wanted", expanding=True)).subquery()
BY_NAMES = ACTIVE.join(HOLDERS, HOLDERS.c.account_id == Account.id).add_columns(HOLDERS.c.username_key)
BY_NAME = ACTIVE.where(Account.id == holder_of(bindparam("wanted")))


def find_account(session: Session, identifier: str) -> Account | None:
    """Find an active account by what a person types: a username or an address, in any spelling."""
    return find_by_key(session, canonical_identifier(identifier))


def find_by_key(session: Session, key: str) -> Account | None:
    """Find an active account by what all spellings of a username, its present or a former one, or an address share."""
    loaded: dict[str, Account | None] = session.info.get(LOADED, {})
    if key in loaded:
        return loaded[key]
    return session.scalar(BY_ADDRESS if "@" in key else BY_NAME, {"wanted": key})


def load_by_keys(session: Session, keys: Collection[str]) -> None:
    """Look up several accounts in one question each for addresses and usernames; `find_by_key` then knows them."""
    loaded: dict[str, Account | None] = dict.fromkeys(keys)
    if addresses := [key for key in keys if "@" in key]:
        loaded |= {account.email_key: account for account in session.scalars(BY_ADDRESSES, {"wanted": addresses})}
    if names := [key for key in keys if "@" not in key]:
        found = list(session.execute(BY_NAMES, {"wanted": names}))
        found.sort(key=lambda row: row.username_key == row.Account.username_key)  # a present one comes before a former
        loaded |= {row.username_key: row.Account for row in found}
    session.info[LOADED] = loaded


def get_account(session: Session, account_id: int) -> Account | None:
    """Return an active account by its number."""
    return session.scalar(select(Account).where(Account.id == account_id, Account.deactivated_at.is_(None)))


def without_account(key: SQLColumnExpression[str | None]) -> ColumnElement[bool]:
    """Return the condition that a key is neither the address nor the username of any account, active or not."""
    with_address = select(Account.id).where(Account.email_key == key).exists()
    with_username = select(Account.id).where(Account.username_key == key).exists()
    return and_(~with_address, ~with_username)


def is_active(account_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the condition that an account is active: one look at it, where a join might read all of them."""
    deactivated = select(Account.deactivated_at).where(Account.id == account_id).scalar_subquery()
    return deactivated.is_(None)


def username_of(account_id: SQLColumnExpression[int]) -> ScalarSelect[str]:
    """Return the username of an account as a column, by one look at it as well."""
    return select(Account.username).where(Account.id == account_id).scalar_subquery()
