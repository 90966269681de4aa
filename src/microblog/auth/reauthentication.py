"""Finding accounts."""

from sqlalchemy import (
    select,
)
from sqlalchemy.orm import Session

from microblog.auth.errors import WrongPassword
from microblog.identity import Account, ChangedMeanwhile


def hold(session: Session, verified: Account) -> Account:
    """Return an account, held until this transaction ends, if its password is still the one that was checked.

    Raises:
        WrongPassword: it was changed since.
    """
    same = select(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    found = session.scalar(same.where(Account.deactivated_at.is_(None)).with_for_update())
    if found is None:
        raise WrongPassword
    return found


def lock_verified(session: Session, verified: Account) -> Account:
    """Return an account as it is now, and keep it so until the transaction ends: its password allowed what follows.

    Raises:
        ChangedMeanwhile: that is no longer the password which was verified.
    """
    same = select(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    account = session.scalar(same.where(Account.deactivated_at.is_(None)).with_for_update())
    if account is None:
        raise ChangedMeanwhile
    return account
