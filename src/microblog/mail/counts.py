"""Exact counters of emails by outcome, and of the time they took. They never go down.

Emails that have ended are added to a small table, each once, and marked. What the figures say is that table and the
emails not yet added, read in one statement. So asking costs the same however many emails there have ever been.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, Select, case, cast, extract, func, select, union_all, update
from sqlalchemy.orm import Session

from microblog.db import dialect_name, insert_if_absent
from microblog.mail.outbox import UNCOUNTED, Email, EmailCount

BATCH = 500
BOUNDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0, 86400.0)
"""Seconds. They are part of what the table means: others would need a migration."""
FINEST = 1024.0  # parts of a second: sums of such parts are exact in binary, in whatever order they are added


@dataclass(frozen=True)
class Count:
    """The emails of one kind that ended in one state for one reason.

    `seconds` is the time from posting to the outcome, summed up. `buckets` are cumulative: how many took up to each of
    BOUNDS.
    """

    kind: str
    state: str
    reason: str
    emails: int
    seconds: float
    buckets: tuple[int, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.state, self.reason

    def __add__(self, other: "Count") -> "Count":
        buckets = tuple(map(sum, zip(self.buckets, other.buckets, strict=True)))
        return Count(*self.key, self.emails + other.emails, self.seconds + other.seconds, buckets)


def totals(session: Session) -> list[Count]:
    """Return the figures of all emails that ever ended, in the order of kind, state and reason."""
    kept = select(EmailCount.kind, EmailCount.state, EmailCount.reason, EmailCount.emails, EmailCount.seconds)
    in_buckets = (EmailCount.buckets[place].as_integer() for place in range(len(BOUNDS)))
    both = union_all(kept.add_columns(*in_buckets), sum_uncounted(session))  # two statements might miss what moves over
    found = dict[tuple[str, str, str], Count]()
    for count in map(read, session.execute(both)):
        found[count.key] = found[count.key] + count if count.key in found else count
    return [found[key] for key in sorted(found)]


def gather(session: Session, size: int = BATCH) -> int:
    """Add up to so many ended emails to the table, and return how many. Others may do the same meanwhile."""
    waiting = select(Email.id).where(UNCOUNTED).order_by(Email.ended_at).limit(size)
    ids = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    add_up(session, ids)
    return len(ids)


def count_now(session: Session, email_id: int) -> None:
    """Count one ended email, if it is not yet: before it is tried again, and its outcome would be forgotten."""
    add_up(session, session.scalars(select(Email.id).where(UNCOUNTED, Email.id == email_id).with_for_update()).all())


def add_up(session: Session, ids: Collection[int]) -> None:
    """Add these emails, which the caller has locked, to the table."""
    if not ids:
        return
    these = sum_uncounted(session, Email.id.in_(ids))
    for count in sorted(
        map(read, session.execute(these)), key=lambda count: count.key
    ):  # one order for all: no deadlock
        add(session, count)
    session.execute(update(Email).where(Email.id.in_(ids)).values(counted=True))


def add(session: Session, count: Count) -> None:
    kind, state, reason = count.key
    none_yet = {
        "kind": kind,
        "state": state,
        "reason": reason,
        "emails": 0,
        "seconds": 0.0,
        "buckets": [0] * len(BOUNDS),
    }
    session.execute(insert_if_absent(session, EmailCount, none_yet))
    row = session.get_one(EmailCount, count.key, with_for_update=True, populate_existing=True)
    row.emails += count.emails
    row.seconds += count.seconds
    row.buckets = [old + new for old, new in zip(row.buckets, count.buckets, strict=True)]


def sum_uncounted(session: Session, *more: ColumnElement[bool]) -> Select[Any]:
    """Build the statement that adds up the ended emails which the table does not know, along their partial index."""
    took = seconds_taken(session)
    each = select(Email.kind, Email.state, Email.reason, took.label("took")).where(UNCOUNTED, *more)
    emails = each.cte("ended").prefix_with("MATERIALIZED")  # else SQLite works `took` out anew for each bucket
    key = emails.c.kind, emails.c.state, emails.c.reason
    in_buckets = (func.count().filter(emails.c.took <= bound) for bound in BOUNDS)
    return select(*key, func.count(), func.sum(emails.c.took), *in_buckets).group_by(*key)


def seconds_taken(session: Session) -> ColumnElement[Any]:
    """Return the expression for the time from posting to the outcome. Where clocks differ it is nought, not less."""
    took: ColumnElement[Any]
    if dialect_name(session) == "postgresql":
        took = cast(extract("epoch", Email.ended_at - Email.queued_at), Double)
    else:
        took = (func.julianday(Email.ended_at) - func.julianday(Email.queued_at)) * 86400.0
    return func.round(case((took > 0.0, took), else_=0.0) * FINEST) / FINEST


def read(row: Any) -> Count:  # noqa: ANN401 - a row of as many columns as there are buckets
    kind, state, reason, emails, seconds, *buckets = row
    return Count(kind, state, reason, emails, float(seconds), tuple(buckets))
