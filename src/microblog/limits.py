"""Rate limits, kept in a table that all processes share.

The rule is GCRA (the generic cell rate algorithm of ITU-T I.371): one timestamp per key, `full_at`, says when its
allowance will be full again. It needs one row, one statement and no clean-up of single events.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Executable, Insert, String, and_, bindparam, case, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from microblog.db import Base, DialectName, dialect_name, upsert
from microblog.retention import Ages, RetentionRule
from microblog.settings import Rate

Row = Mapping[str, Any]
SECOND = 1_000_000  # the table counts in microseconds since 1970
AHEAD = 60 * SECOND  # how far ahead of ours another process's clock may be


class Allowance(Base):
    """The state of one limit for one key. The key is a keyed hash and reveals no client."""

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
    """Decide by GCRA. Timestamps are in microseconds; returns the new `full_at` too."""
    if rate.times is None:
        return ALLOWED, full_at or now
    step = rate.seconds * SECOND // rate.times
    counted = full_at if full_at and now < full_at <= impossible(now, rate) else now
    after = counted + step
    if after - now <= step * rate.times:
        return ALLOWED, after
    return Verdict(allowed=False, retry_after=max(1, -(-(after - now - step * rate.times) // SECOND))), full_at or now


def impossible(now: int, rate: Rate) -> int:
    """Return from when on a `full_at` was written by a clock that was ahead: no allowance takes longer to be full.

    Such a timestamp says nothing, and trusting it would refuse everything until the clock has caught up.
    """
    return now + rate.seconds * SECOND + AHEAD


class Limits:
    """Counts events against limits, under keyed hashes of their subjects."""

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
        key, moment = self.key(limit, subject), microseconds(now)
        row = {"row": key, "first": moment + step_of(rate, rate.times)}
        statement = count_one(dialect_name(session))
        if session.connection().execute(statement, row | numbers(rate, rate.times, moment)).first():
            return ALLOWED
        full_at = session.scalar(select(Allowance.full_at).where(Allowance.key == key))
        return decide(full_at, moment, rate)[0]

    def spend_for_each(self, session: Session, limit: Limit, subjects: Collection[str], now: datetime) -> set[str]:
        """Count one event for each subject whose limit is not reached, in one statement, and return those."""
        rate, moment = limit.rate, microseconds(now)
        if rate.times is None or not subjects:
            return set(subjects)
        keys = {self.key(limit, subject): subject for subject in subjects}
        first = moment + step_of(rate, rate.times)
        rows = [{"key": key, "full_at": first} for key in sorted(keys)]  # one order for all: no deadlock
        counted = session.execute(count_some(dialect_name(session), rows), numbers(rate, rate.times, moment))
        return {keys[key] for key in counted.scalars()}

    def spend_all(self, session: Session, counts: Collection[tuple[Limit, str]], now: datetime) -> Verdict:
        """Count one event against each limit, or none at all, so that a refusal need not undo the transaction."""
        counted: list[tuple[Limit, str]] = []
        for limit, subject in counts:
            verdict = self.spend(session, limit, subject, now)
            if not verdict.allowed:
                for one in reversed(counted):
                    self.give_back(session, *one)
                return verdict
            counted.append((limit, subject))
        return ALLOWED

    def use_up(self, session: Session, limit: Limit, subject: str, now: datetime) -> None:
        """Leave nothing of an allowance, whatever was left: for what something else has just served."""
        if limit.rate.times is not None:
            full_at = microseconds(now) + limit.rate.seconds * SECOND
            row = {"row": self.key(limit, subject), "whole": full_at}
            session.connection().execute(set_one(dialect_name(session)), row)

    def peek(self, session: Session, limit: Limit, subject: str, now: datetime) -> Verdict:
        """Decide as `spend` would, and count nothing."""
        full_at = session.scalar(select(Allowance.full_at).where(Allowance.key == self.key(limit, subject)))
        return decide(full_at, microseconds(now), limit.rate)[0]

    def give_back(self, session: Session, limit: Limit, subject: str) -> None:
        """Undo the counting of one event that turned out to be none of those the limit is for."""
        if limit.rate.times is None:
            return
        step = step_of(limit.rate, limit.rate.times)
        own = Allowance.key == self.key(limit, subject)
        session.execute(update(Allowance).where(own).values(full_at=Allowance.full_at - step))


def step_of(rate: Rate, times: int) -> int:
    """Return after how long one of so many events is allowed again."""
    return rate.seconds * SECOND // times


def numbers(rate: Rate, times: int, moment: int) -> dict[str, int]:
    """Return the parameters of the statements that count, besides the rows."""
    step = step_of(rate, times)
    return {"now": moment, "step": step, "latest": moment + step * times, "impossible": impossible(moment, rate)}


@cache
def count_one(dialect: DialectName) -> Executable:
    """Build, once, the statement that applies `decide` to a row; it returns a row only where the event is allowed."""
    row = {"key": bindparam("row"), "full_at": bindparam("first", type_=BigInteger)}
    return count_some(dialect, row)


def count_some(dialect: DialectName, rows: Row | Sequence[Row]) -> Executable:
    """Build the statement that applies `decide` to some rows; it returns the keys of those that are allowed."""
    now, step, latest, ahead = (bindparam(name, type_=BigInteger) for name in ("now", "step", "latest", "impossible"))
    counts = and_(Allowance.full_at > now, Allowance.full_at <= ahead)
    after = case((counts, Allowance.full_at), else_=now) + step
    return upsert(dialect, Allowance, rows, {"full_at": after}, where=after <= latest).returning(Allowance.key)


@cache
def set_one(dialect: DialectName) -> Insert:
    """Build, once, the statement that sets a row, whatever it was."""
    whole = bindparam("whole", type_=BigInteger)
    return upsert(dialect, Allowance, {"key": bindparam("row"), "full_at": whole}, {"full_at": whole})


def delete_full(session: Session, ages: Ages, size: int = 300) -> int:
    """Delete some of the rows whose allowance is full again; they say nothing. Returns how many."""
    whole = select(Allowance.key).where(Allowance.full_at < microseconds(ages.now)).limit(size)
    gone = session.execute(delete(Allowance).where(Allowance.key.in_(whole)).returning(Allowance.key))
    return len(gone.all())


RETENTION: tuple[RetentionRule, ...] = (delete_full,)


def microseconds(moment: datetime) -> int:
    """Return a timestamp as whole microseconds since 1970."""
    return round(moment.timestamp() * SECOND)
