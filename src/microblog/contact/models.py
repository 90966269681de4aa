"""The tables of contact: unconfirmed backup emails, and changes of address."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base, Id
from microblog.identity import ACCOUNT_ID


class PendingBackupEmail(Base):
    """A backup email that is not confirmed yet. It reserves nothing."""

    __tablename__ = "pending_backup_emails"

    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AddressChange(Base):
    """A member's move to another address: asked for, completed by a link there, and for some days to be taken back."""

    __tablename__ = "address_changes"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    old_email: Mapped[str] = mapped_column(String(320))
    old_email_key: Mapped[str] = mapped_column(String(320))
    new_email: Mapped[str] = mapped_column(String(320))
    new_email_key: Mapped[str] = mapped_column(String(320))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    completed_at: Mapped[datetime | None] = mapped_column(default=None)
    taken_back_at: Mapped[datetime | None] = mapped_column(default=None)
    last_recovery_id: Mapped[int] = mapped_column(Id, default=0)
    """As of `ReportableChange`, when it was completed."""
