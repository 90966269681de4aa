"""Backup emails that wait for their email to be answered."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.contact.models import PendingSecondAddress


def pending_backup_emails(session: Session, email_keys: Collection[str]) -> Sequence[PendingSecondAddress]:
    """Return the backup emails among these addresses that aren't confirmed."""
    return session.scalars(select(PendingSecondAddress).where(PendingSecondAddress.email_key.in_(email_keys))).all()


def pending_backup_email_of(session: Session, account_id: int) -> PendingSecondAddress | None:
    """Return the backup email of an account that isn't confirmed."""
    return session.get(PendingSecondAddress, account_id)
