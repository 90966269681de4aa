"""The tables of this room: accounts, sign-ups that are not finished, logins, and what happened to an account."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base, Id

ACCOUNT_ID = "accounts.id"
ABOUT_SOMEBODY = text("about <> ''")
DELETION_ASKED = text("deletion_due_at IS NOT NULL")
BY_ANYBODY = text("kind IN ('sign-in refused', 'reset asked', 'recovery code refused')")
"""Events of an account that need nothing but its name to cause; as an index has it, word for word."""


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
    """When the password was last set without the one before it. For a day after, grave changes need a letter's word."""
    muted_until: Mapped[datetime | None] = mapped_column(default=None)
    """Until when nobody's asking sends a reset letter: the owner said that somebody else had asked."""
    reactivated_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was last let work again after a deactivation, which ended every link to choose a new password."""
    second_removed_at: Mapped[datetime | None] = mapped_column(default=None)
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


class SecondAddress(Base):
    """Another address of a member, confirmed like the first: notices go to both, and a reset can start from either."""

    __tablename__ = "second_addresses"

    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    added_at: Mapped[datetime]


class PendingSecondAddress(Base):
    """An address a member typed as their second one, and its letter is not answered yet. It reserves nothing."""

    __tablename__ = "pending_second_addresses"

    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RemovedAddress(Base):
    """An address the account had within the last 14 days. Its reader can still report that it was taken from them."""

    __tablename__ = "removed_addresses"

    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True)
    email_key: Mapped[str] = mapped_column(String(320), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    removed_at: Mapped[datetime] = mapped_column(index=True)


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


class RecoveryCode(Base):
    """One of the codes a member printed, to get back in without mail; only a hash of it is kept. Gone once used."""

    __tablename__ = "recovery_codes"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


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


class Confirmation(Base):
    """Something a member wants that a letter has to confirm, because the account was recovered just now."""

    __tablename__ = "confirmations"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    wanted: Mapped[str] = mapped_column(String(320))
    """What the action needs to know, such as a new address; empty for most."""
    nonce: Mapped[str] = mapped_column(String(32))
    """No secret: the link is bound to it, so that a later row with the same number is another."""
    asked_at: Mapped[datetime] = mapped_column(index=True)


class KeptUsername(Base):
    """The name of an account that was deleted lately. Nobody gets it before its time, so that nobody poses as them."""

    __tablename__ = "kept_usernames"

    username_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[datetime] = mapped_column(index=True)


class SignUp(Base):
    """Somebody who typed an address that may or may not be theirs. It reserves nothing and tells nobody anything."""

    __tablename__ = "sign_ups"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    username: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Login(Base):
    """One browser that is signed in. Only a hash of its secret is kept (SHA-256 of 256 random bits)."""

    __tablename__ = "logins"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    remembered: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    """When it was last used, to within some minutes."""
    device: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(50), default="")


class Event(Base):
    """Something that happened to an account, for its owner and the operator to look back on. Holds no secret."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_account_id", "account_id", "id"),
        Index("ix_events_account_id_kind", "account_id", "kind", "id"),
        Index("ix_events_by_anybody_at", "at", sqlite_where=BY_ANYBODY, postgresql_where=BY_ANYBODY),
        Index("ix_events_about", "about", sqlite_where=ABOUT_SOMEBODY, postgresql_where=ABOUT_SOMEBODY),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)
    device: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(50), default="")
    """Roughly where it came from, see `origin`."""
    detail: Mapped[str] = mapped_column(String(100), default="")
    letter_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The letter that goes with it; what became of it stands in the outbox."""
    about: Mapped[str] = mapped_column(String(43), default="")
    """Where no account can be named: a keyed hash of what was typed."""
