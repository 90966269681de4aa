"""Writing accounts: making one, its password, its addresses, its username, and what it is marked as.

The conditions of these updates decide between requests at the same moment: a password or a link that was verified
opens an account only if the account is as it was then. Each function that may find it changed says so.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, delete, update
from sqlalchemy.orm import Session

from microblog.identity.models import Account
from microblog.identity.usernames import username_key
from microblog.mail import Address


def create_account(session: Session, username: str, address: Address, password_hash: str, now: datetime) -> Account:
    """Make an account with a confirmed address, in a savepoint.

    Raises:
        IntegrityError: somebody has the username or the address, perhaps since this moment. The transaction goes on.
    """
    account = Account(
        username=username,
        username_key=username_key(username),
        email=address.spelled,
        email_key=address.key,
        password_hash=password_hash,
        created_at=now,
    )
    with session.begin_nested():
        session.add(account)
    return account


def set_password_if_unchanged(session: Session, verified: Account, password_hash: str) -> bool:
    """Set another password; False if it was changed since it was verified, or the account was deactivated."""
    same = update(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    changed = same.where(Account.deactivated_at.is_(None)).values(password_hash=password_hash)
    return session.scalar(changed.returning(Account.id)) is not None


def reset_password_if_unchanged(session: Session, opened: Account, password_hash: str, now: datetime) -> bool:
    """Set the password without the current one, and end the mute; False if what a reset link depends on has changed."""
    changed = session.execute(
        update(Account)
        .where(
            Account.id == opened.id,
            Account.password_hash == opened.password_hash,
            Account.email_key == opened.email_key,
            Account.reactivated_at.is_not_distinct_from(opened.reactivated_at),
            Account.backup_email_removed_at.is_not_distinct_from(opened.backup_email_removed_at),
            Account.deactivated_at.is_(None),
        )
        .values(password_hash=password_hash, recovered_at=now, muted_until=None)
    )
    return isinstance(changed, CursorResult) and changed.rowcount == 1


def reset_password_of_locked(session: Session, account_id: int, password_hash: str, now: datetime) -> None:
    """Do the same for an account whose row the caller holds, whatever it was before."""
    new = {"password_hash": password_hash, "recovered_at": now, "muted_until": None}
    session.execute(update(Account).where(Account.id == account_id).values(new))


def renew_password_hash(account: Account, password_hash: str) -> None:
    """Store the same password by today's parameters."""
    account.password_hash = password_hash


def disable_password(account: Account, password_hash: str) -> None:
    """Store a hash that no password has, and end the mute: a new password is to be chosen by an emailed link."""
    account.password_hash, account.muted_until = password_hash, None


def mute_reset_requests(account: Account, until: datetime) -> None:
    """Send no reset email that somebody requests, for a time: its owner said that it was somebody else."""
    account.muted_until = until


def assign_email(session: Session, account_id: int, email: str, email_key: str, since: datetime) -> None:
    """Give an account another primary address, in a savepoint. Its row is the caller's to hold.

    Raises:
        IntegrityError: another account has it, perhaps since this moment. The transaction goes on.
    """
    values = {"email": email, "email_key": email_key, "email_since": since}
    with session.begin_nested():
        session.execute(update(Account).where(Account.id == account_id).values(values))


def assign_email_if_unchanged(session: Session, account: Account, address: Address, since: datetime) -> bool:
    """Give an account another primary address, in a savepoint; False if it changed after it was read.

    Raises:
        IntegrityError: another account has it, perhaps since this moment. The transaction goes on.
    """
    same = Account.email_key == account.email_key, Account.password_hash == account.password_hash
    statement = update(Account).where(Account.id == account.id, *same, Account.deactivated_at.is_(None))
    statement = statement.values(email=address.spelled, email_key=address.key, email_since=since)
    with session.begin_nested():
        return session.scalar(statement.returning(Account.id)) is not None


def assign_username(session: Session, account: Account, username: str) -> None:
    """Give an account another username, in a savepoint. Its row is the caller's to hold.

    Raises:
        IntegrityError: somebody has it, perhaps since this moment. The transaction goes on.
    """
    with session.begin_nested():
        account.username, account.username_key = username, username_key(username)


def mark_deactivated(account: Account, now: datetime) -> None:
    """Close an account to passwords, links and visitors."""
    account.deactivated_at = now


def mark_reactivated(account: Account, now: datetime) -> None:
    """Open a deactivated account again; the links of before stay dead."""
    account.deactivated_at, account.reactivated_at = None, now


def schedule_deletion(account: Account, due: datetime) -> None:
    """Have an account deleted from a moment on. It can be cancelled until it is done."""
    account.deletion_due_at = due


def unschedule_deletion(session: Session, account_id: int) -> bool:
    """Cancel the deletion of an account; False if none was scheduled. The database decides."""
    mine = update(Account).where(Account.id == account_id, Account.deletion_due_at.is_not(None))
    return session.scalar(mine.values(deletion_due_at=None).returning(Account.id)) is not None


def is_due_for_deletion(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an account is to be deleted by now."""
    return (Account.deletion_due_at <= now) & Account.deactivated_at.is_(None)


def delete_if_due(session: Session, account_id: int, now: datetime) -> bool:
    """Delete the row of an account, and by it all that belongs to it; False if it is not due by now."""
    due = Account.id == account_id, is_due_for_deletion(now)
    return session.scalar(delete(Account).where(*due).returning(Account.id)) is not None
