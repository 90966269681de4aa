"""Finding accounts."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, bindparam, select
from sqlalchemy.orm import Session

from microblog.accounts.models import Account
from microblog.mail import canonical_identifier

LOADED = "accounts by key"  # of this session, for as long as its transaction
ACTIVE = select(Account).where(Account.deactivated_at.is_(None))
BY_ADDRESS = ACTIVE.where(Account.email_key == bindparam("wanted"))
BY_NAME = ACTIVE.where(Account.username_key == bindparam("wanted"))


def find_account(session: Session, identifier: str) -> Account | None:
    """Find an active account by what a person types: a username or an address, in any spelling."""
    return find_by_key(session, canonical_identifier(identifier))


def find_anyone(session: Session, key: str) -> Account | None:
    """Find an account by what all spellings of a username or an address share, be it active or deactivated."""
    return session.scalar(select(Account).where((Account.email_key if "@" in key else Account.username_key) == key))


def find_by_key(session: Session, key: str) -> Account | None:
    """Find an active account by what all spellings of a username or an address share."""
    loaded: dict[str, Account | None] = session.info.get(LOADED, {})
    if key in loaded:
        return loaded[key]
    return session.scalar(BY_ADDRESS if "@" in key else BY_NAME, {"wanted": key})


def load_by_keys(session: Session, keys: Collection[str]) -> None:
    """Look up several accounts in one question each for addresses and usernames; `find_by_key` then knows them."""
    loaded: dict[str, Account | None] = dict.fromkeys(keys)
    for column, wanted in (
        (Account.email_key, [key for key in keys if "@" in key]),
        (Account.username_key, [key for key in keys if "@" not in key]),
    ):
        if wanted:
            found = session.scalars(ACTIVE.where(column.in_(wanted)))
            loaded |= {
                account.email_key if column is Account.email_key else account.username_key: account for account in found
            }
    session.info[LOADED] = loaded


def get_account(session: Session, account_id: int) -> Account | None:
    """Return an active account by its number."""
    return session.scalar(select(Account).where(Account.id == account_id, Account.deactivated_at.is_(None)))


def without_account(key: SQLColumnExpression[str | None]) -> ColumnElement[bool]:
    """Return the condition that a key is neither the address nor the username of any account, active or not."""
    with_address = select(Account.id).where(Account.email_key == key).exists()
    with_username = select(Account.id).where(Account.username_key == key).exists()
    return and_(~with_address, ~with_username)
