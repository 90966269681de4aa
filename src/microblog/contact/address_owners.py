"""Owners of addresses: the accounts that have one as primary or backup email."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.identity import Account, BackupEmail


def holder(session: Session, email_key: str, *, but: int) -> Account | None:
    """Return whoever else has this address, as their first or second one."""
    second = select(BackupEmail.account_id).where(BackupEmail.email_key == email_key)
    theirs = (Account.email_key == email_key) | Account.id.in_(second)
    return session.scalar(select(Account).where(theirs, Account.id != but).limit(1))


def spelled_by(session: Session, owner: Account, email_key: str) -> str:
    """Return an address as its owner spells it, whether it is their first or their second."""
    if owner.email_key == email_key:
        return owner.email
    return session.scalars(select(BackupEmail.email).where(BackupEmail.email_key == email_key)).one()


def owner_of(session: Session, email_key: str) -> tuple[Account, str] | None:
    """Return the account an address belongs to, active or not, and how it is spelled there."""
    first = session.scalar(select(Account).where(Account.email_key == email_key))
    if first:
        return first, first.email
    second = session.scalar(select(BackupEmail).where(BackupEmail.email_key == email_key))
    return (session.get_one(Account, second.account_id), second.email) if second else None
