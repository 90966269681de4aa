"""The tables of ownership: recoveries, and changes that can be reported."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base, Id
from microblog.identity import ACCOUNT_ID


class Recovery(Base):
    """One time somebody came back into the account without its password, or reported a takeover, and on what proof."""

    __tablename__ = "recoveries"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it once

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    means: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
    """Since when the account had what proved it: an address, a recovery code."""
    email_key: Mapped[str] = mapped_column(String(320), default="")
    """The address that proved it; empty where it was none."""
    change_id: Mapped[int | None] = mapped_column(Id, default=None)
    """The change that was reported as somebody else's."""
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its member said which of the latest changes are theirs."""


class ReportableChange(Base):
    """Something that changed who can get into an account, kept for as long as it can be reported as a takeover."""

    __tablename__ = "reportable_changes"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it once

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(index=True)
    email: Mapped[str] = mapped_column(String(320))
    second_email: Mapped[str] = mapped_column(String(320), default="")
    """The addresses whose emails hold a link to report it; the second is empty where there was none."""
    recovery_id: Mapped[int | None] = mapped_column(Id, default=None)
    """The recovery that made the change, None where somebody signed in did."""
    last_recovery_id: Mapped[int] = mapped_column(Id, default=0)
    """The account's last recovery at that moment: what came later may outlive the report."""
