"""Finding accounts."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from microblog.accounts.models import Account
from microblog.mail import canonical_identifier

ACTIVE = select(Account).where(Account.deactivated_at.is_(None))
BY_ADDRESS = ACTIVE.where(Account.email_key == bindparam("wanted"))
BY_NAME = ACTIVE.where(Account.username_key == bindparam("wanted"))


def find_account(session: Session, identifier: str) -> Account | None:
    """Find an active account by what a person types: a username or an address, in any spelling."""
    return find_by_key(session, canonical_identifier(identifier))


def find_by_key(session: Session, key: str) -> Account | None:
    """Find an active account by what all spellings of a username or an address share."""
    return session.scalar(BY_ADDRESS if "@" in key else BY_NAME, {"wanted": key})


def get_account(session: Session, account_id: int) -> Account | None:
    """Return an active account by its number."""
    return session.scalar(select(Account).where(Account.id == account_id, Account.deactivated_at.is_(None)))
