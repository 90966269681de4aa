"""The outbox: an email is a row, written in the same transaction as the fact that caused it.

The row says which email, to whom and with which facts. Its text, and any link in it, are made when it leaves.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from microblog.db import NEVER_TWICE, Base, Id, dialect_name

CHANNEL = "microblog_outbox"  # of PostgreSQL's NOTIFY
NOTIFY = text(f"NOTIFY {CHANNEL}")
QUEUED = "emails_queued"  # in the notes of a session, as is the next
NOTIFIES_LATER = "notifies_later"  # this process notifies after the commit. See `mail.notifier`


class State(StrEnum):
    """The state of an email."""

    WAITING = "waiting"
    HELD = "held"
    """It waited in the backup that this database was restored from. An administrator decides. See `mail.held`."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    DROPPED = "dropped"


OPEN = text("state IN ('waiting', 'sending')")
KEPT = text("ended_at IS NOT NULL AND \"to\" <> ''")
HELD = text("state = 'held'")
WAITING_KEY = text("state = 'waiting' AND NOT superseded")
UNCOUNTED = text("ended_at IS NOT NULL AND NOT counted")


class Email(Base):
    """An email on its way, or what became of it."""

    __tablename__ = "outbox"
    __table_args__ = (
        # Claiming reads this index alone, however many emails have ended.
        Index("ix_outbox_due", "urgent", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_outbox_key", "key"),
        # One email waits under a key: see `mail.superseding`.
        Index("ix_outbox_waiting_key", "key", unique=True, sqlite_where=WAITING_KEY, postgresql_where=WAITING_KEY),
        Index("ix_outbox_address_key", "address_key"),
        Index("ix_outbox_held", "id", sqlite_where=HELD, postgresql_where=HELD),
        # These two hold what looking after the outbox has still to do, and nothing of what is done.
        Index("ix_outbox_kept", "ended_at", sqlite_where=KEPT, postgresql_where=KEPT),
        Index("ix_outbox_uncounted", "ended_at", sqlite_where=UNCOUNTED, postgresql_where=UNCOUNTED),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(64))
    urgent: Mapped[bool]
    to: Mapped[str] = mapped_column(String(320))
    """An address; or, where only the worker may look the account up, what was typed. Empty once it is forgotten."""
    address_key: Mapped[str | None] = mapped_column(String(340))
    """What all spellings of `to` share, to find it by."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was known when it was queued; it never changes."""
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When a worker may take it: while it waits, its next try; while it is being sent, the end of the lease."""
    expires_at: Mapped[datetime]
    payload_version: Mapped[int] = mapped_column(default=1)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict, insert_default=dict)
    """What its renderer noted for the next try."""
    key: Mapped[str | None] = mapped_column(String(340), default=None)
    """Of emails that share a key, one that has not left yet gives way to a newer one."""
    superseded: Mapped[bool] = mapped_column(default=False)
    """True where it gave way, and a worker has only to end it."""
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    lease: Mapped[str | None] = mapped_column(String(32), default=None)
    tries: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str | None] = mapped_column(String(320), default=None)
    """Fixed before the first try, so that a repeat can be recognised (RFC 5322 section 3.6.4)."""
    reply: Mapped[str | None] = mapped_column(Text, default=None)
    """The mail server's last words, or a fault of ours in the last try."""
    reason: Mapped[str] = mapped_column(String(60), default="")
    """The code of why it ended so, to count by. Its English is in `words.reasons`."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    counted: Mapped[bool] = mapped_column(default=False)
    """True once its outcome is part of the counts that are kept for ever."""
    due_set_at: Mapped[datetime | None] = mapped_column(default=None)
    """When `due_at` was chosen. Later than now, it was by a clock that was ahead. See `mail.repair`."""


class Try(Base):
    """One try to hand an email to a mail server, and what came of it."""

    __tablename__ = "tries"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    email_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    """What the email became by it: sent, failed, or waiting for the next."""
    reply: Mapped[str] = mapped_column(Text)


class ProviderRateSlot(Base):
    """The number of emails sent within one slice of time, where MAIL_RATE limits them. See `provider_rate`."""

    __tablename__ = "mail_provider_rate"

    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    used: Mapped[int]


class WorkerSeen(Base):
    """A worker that lives, or died without a word. Each says every few seconds that it is there."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    """Its host and process number."""
    version: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    trouble: Mapped[str | None] = mapped_column(Text, default=None)
    """What the mail server last said when it could not be used, None when it can."""
    trouble_seconds: Mapped[float] = mapped_column(Double, default=0.0)
    """For how long it could not, by the worker's own steady clock."""


class EmailCount(Base):
    """Permanent counters of emails by outcome, and of the time the sent ones took. See `mail.counts`."""

    __tablename__ = "email_counts"

    kind: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), primary_key=True)
    reason: Mapped[str] = mapped_column(String(60), primary_key=True)
    emails: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Double)
    """From posting to the outcome, summed up."""
    buckets: Mapped[list[int]] = mapped_column(JSON)
    """How many of them took up to each of the bounds of the histogram."""


def notify_workers(session: Session) -> None:
    """Wake the workers once this transaction is committed, and not before."""
    session.info[QUEUED] = True
    connection = session.connection()
    if dialect_name(connection) == "postgresql" and not session.info.get(NOTIFIES_LATER):
        connection.execute(NOTIFY)
