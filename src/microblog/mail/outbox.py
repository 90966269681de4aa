"""The outbox: a letter is a row, written in the same transaction as the fact that caused it.

The row says which letter, to whom and with which facts. Its text, and any link in it, are made when it leaves.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, Integer, String, Text, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from microblog.db import NEVER_TWICE, Base
from microblog.mail.addresses import canonical_identifier

Id = BigInteger().with_variant(Integer, "sqlite")
CHANNEL = "microblog_outbox"  # what PostgreSQL's NOTIFY rings
NOTIFY = text(f"NOTIFY {CHANNEL}")
POSTED = "letters_posted"  # in the notes of a session, as are the next two
GATHERED = "letters_gathered"
RUNG_LATER = "rung_later"  # this process rings by itself after the commit. See `mail.bell`


@dataclass(frozen=True)
class Kind:
    """One kind of letter. An urgent one overtakes the rest: somebody is waiting in front of a screen."""

    name: str
    urgent: bool = False


class State(StrEnum):
    """What has become of a letter."""

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
UNCOUNTED = text("ended_at IS NOT NULL AND NOT counted")


class Letter(Base):
    """A letter on its way, or what became of it."""

    __tablename__ = "outbox"
    __table_args__ = (
        # Claiming reads this index alone, however many letters have ended.
        Index("ix_outbox_due", "urgent", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_outbox_key", "key"),
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
    posted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When a worker may take it: while it waits, its next try; while it is being sent, the end of the lease."""
    useful_until: Mapped[datetime]
    payload_version: Mapped[int] = mapped_column(default=1)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict, insert_default=dict)
    """What its renderer noted for the next try."""
    key: Mapped[str | None] = mapped_column(String(340), default=None)
    """Of letters that share a key, one that has not left yet gives way to a newer one."""
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    claim: Mapped[str | None] = mapped_column(String(32), default=None)
    tries: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str | None] = mapped_column(String(320), default=None)
    """Fixed before the first try, so that a repeat can be recognised (RFC 5322 section 3.6.4)."""
    reply: Mapped[str | None] = mapped_column(Text, default=None)
    """The mail server's last words, or our reason for not asking it."""
    reason: Mapped[str] = mapped_column(String(60), default="")
    """Why it ended so, in one of few words, to count by."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    counted: Mapped[bool] = mapped_column(default=False)
    """True once its outcome is part of the counts that are kept for ever."""
    due_set_at: Mapped[datetime | None] = mapped_column(default=None)
    """When `due_at` was chosen. Later than now, it was by a clock that was ahead. See `mail.repair`."""

    @property
    def facts(self) -> dict[str, Any]:
        """Payload and progress, for writers that are not declared as an EmailType yet."""
        return {**self.progress, **self.payload}


NEW_LETTER = insert(
    Letter
).inline()  # the statement alone: an object for each letter took twice as long as all the rest


NEW_NUMBERED = insert(Letter).returning(Letter.id)


class Try(Base):
    """One try to hand a letter to a mail server, and what came of it."""

    __tablename__ = "tries"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    letter_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    """What the letter became by it: sent, failed, or waiting for the next."""
    reply: Mapped[str] = mapped_column(Text)


class Budget(Base):
    """How many letters were handed over within one slice of time, where MAIL_RATE limits them. See `mail.budget`."""

    __tablename__ = "mail_budget"

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


class LetterCount(Base):
    """How many letters ended how, for ever; and how long those that were sent had taken. See `mail.counts`."""

    __tablename__ = "letter_counts"

    kind: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), primary_key=True)
    reason: Mapped[str] = mapped_column(String(60), primary_key=True)
    letters: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Double)
    """From posting to the outcome, summed up."""
    buckets: Mapped[list[int]] = mapped_column(JSON)
    """How many of them took up to each of the bounds of the histogram."""


def post(  # noqa: PLR0913 - each is a column of the row
    session: Session,
    kind: Kind,
    *,
    to: str,
    facts: Mapping[str, Any],
    useful_for: timedelta,
    now: datetime,
    key: str | None = None,
    address_key: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """Put a letter into the outbox, as part of the caller's transaction.

    `facts` become JSON and must hold no secret. `useful_for` is counted from now; a letter that has not left by then
    never does. Of letters with the same `key`, one that has not left yet gives way to a newer one. `address_key` is
    for who knows it already; it takes a while to find. It leaves at `due_at`, or at once.
    """
    about = {"payload": dict(facts), "key": key, "address_key": address_key or canonical_identifier(to)}
    letter = new_letter(kind, to, useful_for, now) | about | {"due_at": due_at or now}
    gathered = session.info.get(GATHERED)
    if gathered is None:
        session.connection().execute(NEW_LETTER, letter)
    else:
        gathered.append(letter)
    ring(session)


def post_numbered(
    session: Session, kind: Kind, *, to: str, facts: Mapping[str, Any], useful_for: timedelta, now: datetime
) -> int:
    """Post a letter as `post` does, and return its number in the outbox, for an event that goes with it."""
    about = {"payload": dict(facts), "key": None, "address_key": canonical_identifier(to)}
    letter = new_letter(kind, to, useful_for, now) | about
    number: int = session.connection().execute(NEW_NUMBERED, letter).scalar_one()
    ring(session)
    return number


def new_letter(kind: Kind, to: str, useful_for: timedelta, now: datetime) -> dict[str, Any]:
    """Return what the row of any new letter holds."""
    return {
        "kind": kind.name,
        "urgent": kind.urgent,
        "to": to,
        "posted_at": now,
        "due_at": now,
        "due_set_at": now,
        "useful_until": now + useful_for,
    }


@contextmanager
def gathering(session: Session) -> Iterator[None]:
    """Put the letters that are posted meanwhile into the outbox at the end, all in one statement."""
    gathered: list[dict[str, Any]] = []
    session.info[GATHERED] = gathered
    yield
    del session.info[GATHERED]
    if gathered:
        session.connection().execute(NEW_LETTER, gathered)


def ring(session: Session) -> None:
    """Wake the workers once this transaction is committed, and not before."""
    session.info[POSTED] = True
    connection = session.connection()
    if connection.dialect.name == "postgresql" and not session.info.get(RUNG_LATER):
        connection.execute(NOTIFY)
