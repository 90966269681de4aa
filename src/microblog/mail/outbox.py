"""The outbox: a letter is a row, written in the same transaction as the fact that caused it.

The row says which letter, to whom and with which facts. Its text, and any link in it, are made when it leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from microblog.db import Base

CHANNEL = "microblog_outbox"  # what PostgreSQL's NOTIFY rings


@dataclass(frozen=True)
class Kind:
    """One kind of letter. An urgent one overtakes the rest: somebody is waiting in front of a screen."""

    name: str
    urgent: bool = False


class State(StrEnum):
    """What has become of a letter."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    DROPPED = "dropped"


OPEN = text("state IN ('waiting', 'sending')")


class Letter(Base):
    """A letter on its way, or what became of it."""

    __tablename__ = "outbox"
    __table_args__ = (
        # Claiming reads this index alone, however many letters have ended.
        Index("ix_outbox_due", "urgent", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_outbox_key", "key"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(64))
    urgent: Mapped[bool]
    to: Mapped[str] = mapped_column(String(320))
    """An address; or, where only the worker may look the account up, what was typed."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    posted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When a worker may take it: while it waits, its next try; while it is being sent, the end of the lease."""
    useful_until: Mapped[datetime]
    key: Mapped[str | None] = mapped_column(String(340), default=None)
    """Of letters that share a key, one that has not left yet gives way to a newer one."""
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    claim: Mapped[str | None] = mapped_column(String(32), default=None)
    tries: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str | None] = mapped_column(String(320), default=None)
    """Fixed before the first try, so that a repeat can be recognised (RFC 5322 section 3.6.4)."""
    reply: Mapped[str | None] = mapped_column(Text, default=None)
    """The mail server's last words, or our reason for not asking it."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


def post(
    session: Session,
    kind: Kind,
    *,
    to: str,
    facts: Mapping[str, Any],
    useful_for: timedelta,
    now: datetime,
    key: str | None = None,
) -> None:
    """Put a letter into the outbox, as part of the caller's transaction.

    `facts` become JSON and must hold no secret. `useful_for` is counted from now; a letter that has not left by then
    never does. Of letters with the same `key`, one that has not left yet gives way to a newer one.
    """
    letter = Letter(
        kind=kind.name,
        urgent=kind.urgent,
        to=to,
        facts=dict(facts),
        key=key,
        posted_at=now,
        due_at=now,
        useful_until=now + useful_for,
    )
    session.add(letter)
    session.info["letters_posted"] = True
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {CHANNEL}"))  # heard by the workers when this transaction commits, not before
