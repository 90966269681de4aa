"""Backup emails that wait for their email to be answered."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.contact.models import PendingBackupEmail


def pending_backup_emails(session: Session, email_keys: Collection[str]) -> Sequence[PendingBackupEmail]:
    """Return the backup emails among these addresses that aren't confirmed."""
    return session.scalars(select(PendingBackupEmail).where(PendingBackupEmail.email_key.in_(email_keys))).all()
