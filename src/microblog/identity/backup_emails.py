"""Writing the backup email of an account. Who may have one, and who is told, is decided by the callers."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from microblog.identity.addresses import Role, Standing, record_removed
from microblog.identity.models import Account, BackupEmail


def insert_backup_email(session: Session, account_id: int, email: str, email_key: str, since: datetime) -> None:
    """Give an account that has no backup email one, in a savepoint.

    Raises:
        IntegrityError: another account has it, perhaps since this moment. The transaction goes on.
    """
    with session.begin_nested():
        session.add(BackupEmail(account_id=account_id, email=email, email_key=email_key, added_at=since))


def replace_backup_email(session: Session, account_id: int, new: Standing) -> None:
    """Give an account another backup email in place of the one it has, in a savepoint.

    Raises:
        IntegrityError: another account has it, perhaps since this moment. The transaction goes on.
    """
    with session.begin_nested():
        session.execute(delete(BackupEmail).where(BackupEmail.account_id == account_id))
        session.add(BackupEmail(account_id=account_id, email=new.email, email_key=new.email_key, added_at=new.since))


def retire_backup_email(session: Session, account: Account, now: datetime) -> Standing | None:
    """Move the backup email of a locked account to its removed addresses; None if it has none.

    Links to choose a new password that are under way end.
    """
    row = session.get(BackupEmail, account.id, populate_existing=True)
    if row is None:
        return None
    gone = Standing(row.email, row.email_key, Role.BACKUP, row.added_at)
    session.delete(row)
    mark_backup_email_removed(account, now)
    session.flush()
    record_removed(session, account.id, gone, now)
    return gone


def delete_backup_email(session: Session, account_id: int) -> str | None:
    """Delete the backup email of an account, and return it: it is not kept as a removed address."""
    theirs = delete(BackupEmail).where(BackupEmail.account_id == account_id)
    email: str | None = session.scalar(theirs.returning(BackupEmail.email))
    return email


def delete_backup_email_equal_to(session: Session, account_id: int, email_key: str) -> None:
    """Delete the backup email of an account if it is this address, which is the primary one now."""
    equal = BackupEmail.account_id == account_id, BackupEmail.email_key == email_key
    session.execute(delete(BackupEmail).where(*equal))


def mark_backup_email_removed(account: Account, now: datetime) -> None:
    """End the links to choose a new password that are under way: one may be in the mailbox that was removed."""
    account.backup_email_removed_at = now
