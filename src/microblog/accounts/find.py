"""Finding accounts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.accounts.models import Account
from microblog.mail import canonical_identifier


def find_account(session: Session, identifier: str) -> Account | None:
    """Find an active account by what a person types: a username or an address, in any spelling."""
    key = canonical_identifier(identifier)
    column = Account.email_key if "@" in key else Account.username_key
    return session.scalar(select(Account).where(column == key, Account.deactivated_at.is_(None)))


def get_account(session: Session, account_id: int) -> Account | None:
    """Return an active account by its number."""
    return session.scalar(select(Account).where(Account.id == account_id, Account.deactivated_at.is_(None)))
