"""A password that its owner changes, knowing the one before."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from microblog.accounts.address_change import give_up_moves
from microblog.accounts.errors import ChangedMeanwhile
from microblog.accounts.logins import end_other_logins, renew_login
from microblog.accounts.models import Account


def change_own_password(session: Session, verified: Account, password_hash: str, login_id: int) -> str:
    """Set another password, end all logins but this one, and return this one's new secret.

    `verified` is the account whose password was just typed. Of several changes at once, one is made. All links that are
    bound to the password die with it, and a move to another address that was begun is given up. Who is told is for the
    caller: the letter is another room's.

    Raises:
        ChangedMeanwhile: the password was changed, or this login ended, since it was verified.
    """
    same = update(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    changed = same.where(Account.deactivated_at.is_(None)).values(password_hash=password_hash)
    if session.scalar(changed.returning(Account.id)) is None:
        raise ChangedMeanwhile
    end_other_logins(session, verified.id, but=login_id)
    give_up_moves(session, verified.id)
    return renew_login(session, verified.id, login_id)


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
