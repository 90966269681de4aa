"""Cancelling what an account has begun and not completed."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from microblog.contact.address_change import cancel_address_changes
from microblog.contact.models import AddressChange, PendingBackupEmail


def cancel_pending_changes(session: Session, account_id: int) -> None:
    """Delete changes of address and a backup email that wait for an email to be answered."""
    cancel_address_changes(session, account_id)
    cancel_pending_backup_email(session, account_id)


def cancel_pending_backup_email(session: Session, account_id: int) -> str | None:
    """Delete a backup email that isn't confirmed, and return it."""
    pending = delete(PendingBackupEmail).where(PendingBackupEmail.account_id == account_id)
    email: str | None = session.scalar(pending.returning(PendingBackupEmail.email))
    return email


def mark_reverted(session: Session, change: AddressChange, now: datetime) -> bool:
    """Mark a change of address and all later ones as reverted; False if it was already. Of two at once, one does it."""
    later = AddressChange.account_id == change.account_id, AddressChange.completed_at >= change.completed_at
    undo = update(AddressChange).where(*later, AddressChange.taken_back_at.is_(None)).values(taken_back_at=now)
    return change.id in session.scalars(undo.returning(AddressChange.id)).all()


def revert_changes_since(session: Session, account_id: int, since: datetime | None, now: datetime) -> None:
    """Mark changes of address as reverted, all or those completed since a moment: no email offers to revert them."""
    theirs = AddressChange.account_id == account_id, AddressChange.taken_back_at.is_(None)
    later = theirs if since is None else (*theirs, AddressChange.completed_at > since)
    session.execute(update(AddressChange).where(*later).values(taken_back_at=now))
