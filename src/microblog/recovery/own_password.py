"""A password that its owner changes, knowing the one before."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from microblog.auth import renew_login
from microblog.auth.sessions import end_other_logins
from microblog.contact.address_change import give_up_moves
from microblog.identity import Account, ChangedMeanwhile


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
