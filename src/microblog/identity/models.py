"""The tables of identity: accounts, backup emails, former and kept usernames, removed addresses."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base, Id

ACCOUNT_ID = "accounts.id"


DELETION_ASKED = text("deletion_due_at IS NOT NULL")


class Account(Base):
    """A member. The address is confirmed, for without that there is no account."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index(
            "ix_accounts_deletion_due_at",
            "deletion_due_at",
            sqlite_where=DELETION_ASKED,
            postgresql_where=DELETION_ASKED,
        ),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    username: Mapped[str] = mapped_column(String(64))
    username_key: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None] = mapped_column(default=None)
    recovered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the password was last set without the current one. Sensitive actions need confirmation for a day."""
    muted_until: Mapped[datetime | None] = mapped_column(default=None)
    """The time until which no request sends a reset email: the owner said that somebody else had asked."""
    reactivated_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was last let work again after a deactivation, which ended every link to choose a new password."""
    backup_email_removed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a second address was last removed, which ended them too: one of them may lie in the mailbox that is gone."""
    email_since: Mapped[datetime | None] = mapped_column(default=None)
    """Since when the account has had this address; None: since it was created."""
    deletion_due_at: Mapped[datetime | None] = mapped_column(default=None)
    """From when the account may be deleted, because its owner asked for that. Until then signing in cancels it."""


class FormerUsername(Base):
    """A username a member had before: nobody else can take it, and addresses with it lead to the member."""

    __tablename__ = "former_usernames"

    username_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    changed_at: Mapped[datetime]


class BackupEmail(Base):
    """Another address of a member, confirmed like the first: notices go to both, and a reset can start from either."""

    __tablename__ = "backup_emails"

    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    added_at: Mapped[datetime]


class RemovedAddress(Base):
    """An address the account had within the last 14 days. Its reader can still report that it was taken from them."""

    __tablename__ = "removed_addresses"

    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True)
    email_key: Mapped[str] = mapped_column(String(320), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    removed_at: Mapped[datetime] = mapped_column(index=True)


class KeptUsername(Base):
    """The name of an account that was deleted lately. Nobody gets it before its time, so that nobody poses as them."""

    __tablename__ = "kept_usernames"

    username_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[datetime] = mapped_column(index=True)
