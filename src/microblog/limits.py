"""How often something may happen, kept in a table that all processes share.

The rule is GCRA (the generic cell rate algorithm of ITU-T I.371): one moment a key, `full_at`, says when its allowance
will be whole again. It needs one row, one statement and no clean-up of single events.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import BigInteger, String, bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from microblog.db import Base
from microblog.settings import Rate

SECOND = 1_000_000  # the table counts in microseconds since 1970


class Allowance(Base):
    """What is left of one limit for one key. The key is a keyed hash: it tells nobody who was here."""

    __tablename__ = "allowances"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    full_at: Mapped[int] = mapped_column(BigInteger, index=True)


@dataclass(frozen=True)
class Limit:
    """One rule: what it counts, and how often that may happen."""

    name: str
    rate: Rate


@dataclass(frozen=True)
class Verdict:
    """May it happen now, and if not, in how many whole seconds it may."""

    allowed: bool
    retry_after: int = 0


ALLOWED = Verdict(allowed=True)


def decide(full_at: int | None, now: int, rate: Rate) -> tuple[Verdict, int]:
    """Decide by GCRA. Takes and returns moments in microseconds; returns the new `full_at` too."""
    if rate.times is None:
        return ALLOWED, full_at or now
    window = rate.seconds * SECOND
    step = window // rate.times
    after = max(full_at or now, now) + step
    if after - now <= step * rate.times:
        return ALLOWED, after
    return Verdict(allowed=False, retry_after=max(1, -(-(after - now - step * rate.times) // SECOND))), full_at or now


class Limits:
    """Counts, under keys nobody can read back. `secret` keys the hash."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, limit: Limit, subject: str) -> str:
        """Return the row key for a subject such as an address as it was typed."""
        digest = hmac.digest(self._secret, f"{limit.name}\0{subject}".encode(), hashlib.sha256)
        return digest.hex()[:43]

    def spend(self, session: Session, limit: Limit, subject: str, now: datetime) -> Verdict:
        """Count one event, unless the limit is reached; then nothing is counted."""
        rate = limit.rate
        if rate.times is None:
            return ALLOWED
        key, moment, step = self.key(limit, subject), microseconds(now), rate.seconds * SECOND // rate.times
        numbers = {
            "row": key,
            "now": moment,
            "step": step,
            "first": moment + step,
            "latest": moment + step * rate.times,
        }
        if session.connection().execute(count_one(dialect_of(session)), numbers).first():
            return ALLOWED
        full_at = session.scalar(select(Allowance.full_at).where(Allowance.key == key))
        return decide(full_at, moment, rate)[0]

    def use_up(self, session: Session, limit: Limit, subject: str, now: datetime) -> None:
        """Leave nothing of an allowance, whatever was left: for what something else has just served."""
        if limit.rate.times is not None:
            full_at = microseconds(now) + limit.rate.seconds * SECOND
            row = {"row": self.key(limit, subject), "whole": full_at}
            session.connection().execute(set_one(dialect_of(session)), row)

    def peek(self, session: Session, limit: Limit, subject: str, now: datetime) -> Verdict:
        """Decide as `spend` would, and count nothing."""
        full_at = session.scalar(select(Allowance.full_at).where(Allowance.key == self.key(limit, subject)))
        return decide(full_at, microseconds(now), limit.rate)[0]

    def give_back(self, session: Session, limit: Limit, subject: str) -> None:
        """Undo the counting of one event that turned out to be none of those the limit is for."""
        if limit.rate.times is None:
            return
        step = limit.rate.seconds * SECOND // limit.rate.times
        own = Allowance.key == self.key(limit, subject)
        session.execute(update(Allowance).where(own).values(full_at=Allowance.full_at - step))


@cache
def count_one(dialect: Literal["postgresql", "sqlite"]) -> Any:  # noqa: ANN401 - each dialect has its own type
    """Build, once, the statement that applies `decide` to a row; it returns a row only where the event is allowed."""
    table = Allowance.__table__
    now, step, first, latest = (bindparam(name, type_=BigInteger) for name in ("now", "step", "first", "latest"))
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    after = case((table.c.full_at > now, table.c.full_at), else_=now) + step
    return (
        insert.values(key=bindparam("row"), full_at=first)
        .on_conflict_do_update(index_elements=[table.c.key], set_={"full_at": after}, where=after <= latest)
        .returning(table.c.key)
    )


@cache
def set_one(dialect: Literal["postgresql", "sqlite"]) -> Any:  # noqa: ANN401 - each dialect has its own type
    """Build, once, the statement that sets a row, whatever it was."""
    table, whole = Allowance.__table__, bindparam("whole", type_=BigInteger)
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    values = insert.values(key=bindparam("row"), full_at=whole)
    return values.on_conflict_do_update(index_elements=[table.c.key], set_={"full_at": whole})


def forget_whole(session: Session, now: datetime, size: int = 300) -> int:
    """Delete some of the rows whose allowance is whole again; they say nothing. Returns how many."""
    whole = select(Allowance.key).where(Allowance.full_at < microseconds(now)).limit(size)
    gone = session.execute(delete(Allowance).where(Allowance.key.in_(whole)).returning(Allowance.key))
    return len(gone.all())


def microseconds(moment: datetime) -> int:
    """Return a moment as whole microseconds since 1970."""
    return round(moment.timestamp() * SECOND)


def dialect_of(session: Session) -> Literal["postgresql", "sqlite"]:
    """Name the database a session talks to."""
    return "postgresql" if session.get_bind().dialect.name == "postgresql" else "sqlite"
