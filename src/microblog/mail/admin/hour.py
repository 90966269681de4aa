"""The last hour of the outbox, minute by minute, for a chart."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.db import Utc, dialect_name
from microblog.mail.outbox import KEPT, OPEN, Email, State

MINUTES = 60
POSTED = "posted"
Seen = Counter[tuple[datetime, str]]


@dataclass(frozen=True)
class Minute:
    """The outcomes of one minute. `lost` counts those that failed or expired."""

    start: datetime
    posted: int
    sent: int
    lost: int
    dropped: int

    @property
    def quiet(self) -> bool:
        """True if nothing happened."""
        return not (self.posted or self.sent or self.lost or self.dropped)


def last_hour(session: Session, now: datetime) -> tuple[Minute, ...]:
    """Return sixty minutes, oldest first; the last of them is the one that is running."""
    first = now.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES - 1)
    seen = count_minutes(session, first)
    return tuple(minute(seen, first + timedelta(minutes=number)) for number in range(MINUTES))


def minute(seen: Seen, start: datetime) -> Minute:
    """Put one minute together."""
    lost = seen[start, State.FAILED] + seen[start, State.EXPIRED]
    return Minute(start, seen[start, POSTED], seen[start, State.SENT], lost, seen[start, State.DROPPED])


def count_minutes(session: Session, since: datetime) -> Seen:
    """Count what ended since then, by minute, and what was posted: that is open now, or ended since then too."""
    ended = (KEPT, Email.ended_at >= since)
    asked: list[tuple[InstrumentedAttribute[Any], Any, tuple[Any, ...]]] = [
        (Email.ended_at, Email.state, ended),
        (Email.queued_at, literal(POSTED), ended),
        (Email.queued_at, literal(POSTED), (OPEN,)),
    ]
    seen: Seen = Counter()
    for moment, what, where in asked:
        start = start_of_minute(session, moment).label("start")
        rows = session.execute(select(start, what.label("what"), func.count()).where(*where).group_by("start", "what"))
        for at, happened, number in rows:
            seen[at, happened] += number
    return seen


def start_of_minute(session: Session, moment: InstrumentedAttribute[Any]) -> ColumnElement[datetime]:
    """Round a column down to the minute, in the words of each database."""
    if dialect_name(session) == "postgresql":
        return func.date_trunc("minute", moment, type_=Utc())
    return func.strftime("%Y-%m-%d %H:%M:00", moment, type_=Utc())
