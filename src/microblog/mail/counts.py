"""How many letters ended how, and how long they took: figures that are exact at any time and never go down.

Letters that have ended are added to a small table, each once, and marked. What the figures say is that table and the
letters not yet added, read in one statement. So asking costs the same however many letters there have ever been.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, Select, case, cast, extract, func, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from microblog.mail.outbox import UNCOUNTED, Letter, LetterCount

BATCH = 500
BOUNDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0, 86400.0)
"""Seconds. They are part of what the table means: others would need a migration."""
FINEST = 1024.0  # parts of a second: sums of such parts are exact in binary, in whatever order they are added


@dataclass(frozen=True)
class Count:
    """The letters of one kind that ended in one state for one reason.

    `seconds` is the time from posting to the outcome, summed up. `buckets` are cumulative: how many took up to each of
    BOUNDS.
    """

    kind: str
    state: str
    reason: str
    letters: int
    seconds: float
    buckets: tuple[int, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.state, self.reason

    def __add__(self, other: "Count") -> "Count":
        buckets = tuple(map(sum, zip(self.buckets, other.buckets, strict=True)))
        return Count(*self.key, self.letters + other.letters, self.seconds + other.seconds, buckets)


def totals(session: Session) -> list[Count]:
    """Return the figures of all letters that ever ended, in the order of kind, state and reason."""
    kept = select(LetterCount.kind, LetterCount.state, LetterCount.reason, LetterCount.letters, LetterCount.seconds)
    in_buckets = (LetterCount.buckets[place].as_integer() for place in range(len(BOUNDS)))
    both = union_all(kept.add_columns(*in_buckets), not_counted(session))  # two statements might miss what moves over
    found = dict[tuple[str, str, str], Count]()
    for count in map(read, session.execute(both)):
        found[count.key] = found[count.key] + count if count.key in found else count
    return [found[key] for key in sorted(found)]


def gather(session: Session, size: int = BATCH) -> int:
    """Add up to so many ended letters to the table, and return how many. Others may do the same meanwhile."""
    waiting = select(Letter.id).where(UNCOUNTED).order_by(Letter.ended_at).limit(size)
    ids = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    add_up(session, ids)
    return len(ids)


def count_now(session: Session, letter_id: int) -> None:
    """Count one ended letter, if it is not yet: before it is tried again, and its outcome would be forgotten."""
    add_up(session, session.scalars(select(Letter.id).where(UNCOUNTED, Letter.id == letter_id).with_for_update()).all())


def add_up(session: Session, ids: Collection[int]) -> None:
    """Add these letters, which the caller has locked, to the table."""
    if not ids:
        return
    these = not_counted(session, Letter.id.in_(ids))
    for count in sorted(
        map(read, session.execute(these)), key=lambda count: count.key
    ):  # one order for all: no deadlock
        add(session, count)
    session.execute(update(Letter).where(Letter.id.in_(ids)).values(counted=True))


def add(session: Session, count: Count) -> None:
    kind, state, reason = count.key
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(LetterCount)
    none_yet = insert.values(kind=kind, state=state, reason=reason, letters=0, seconds=0.0, buckets=[0] * len(BOUNDS))
    session.execute(none_yet.on_conflict_do_nothing())
    row = session.get_one(LetterCount, count.key, with_for_update=True, populate_existing=True)
    row.letters += count.letters
    row.seconds += count.seconds
    row.buckets = [old + new for old, new in zip(row.buckets, count.buckets, strict=True)]


def not_counted(session: Session, *more: ColumnElement[bool]) -> Select[Any]:
    """Build the statement that adds up the ended letters which the table does not know, along their partial index."""
    took = seconds_taken(session)
    each = select(Letter.kind, Letter.state, Letter.reason, took.label("took")).where(UNCOUNTED, *more)
    letters = each.cte("ended").prefix_with("MATERIALIZED")  # else SQLite works `took` out anew for each bucket
    key = letters.c.kind, letters.c.state, letters.c.reason
    in_buckets = (func.count().filter(letters.c.took <= bound) for bound in BOUNDS)
    return select(*key, func.count(), func.sum(letters.c.took), *in_buckets).group_by(*key)


def seconds_taken(session: Session) -> ColumnElement[Any]:
    """Return the expression for the time from posting to the outcome. Where clocks differ it is nought, not less."""
    took: ColumnElement[Any]
    if session.get_bind().dialect.name == "postgresql":
        took = cast(extract("epoch", Letter.ended_at - Letter.posted_at), Double)
    else:
        took = (func.julianday(Letter.ended_at) - func.julianday(Letter.posted_at)) * 86400.0
    return func.round(case((took > 0.0, took), else_=0.0) * FINEST) / FINEST


def read(row: Any) -> Count:  # noqa: ANN401 - a row of as many columns as there are buckets
    kind, state, reason, letters, seconds, *buckets = row
    return Count(kind, state, reason, letters, float(seconds), tuple(buckets))
