"""Retention of emails that have ended: after some time only the outcome, without the recipient."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from microblog.mail import provider_rate
from microblog.mail.outbox import KEPT, Email, Try, WorkerSeen
from microblog.retention import NO_TIME, Ages, ClockBound, RetentionRule, delete_where

BATCH = 300  # emails in one transaction: whoever else wants to write waits some milliseconds
PAGE = 1000  # emails looked at in one
OUTCOMES_KEPT_FOR = timedelta(days=90)  # anybody can ask for emails, so what is left of them must not pile up
DEAD_WORKERS_KEPT_FOR = timedelta(days=1)
FORGOTTEN: dict[str, Any] = {
    "to": "",
    "address_key": None,
    "payload": {},
    "progress": {},
    "key": None,
    "message_id": None,
    "reply": None,
}
Place = tuple[datetime, int]  # in the order in which emails ended


@dataclass(frozen=True)
class EndedBatch:
    """A batch of emails of which more than the outcome is kept, in the order in which they ended.

    `found` are those a condition holds for; `last` is where the next page begins, None after the last one.
    """

    found: list[int]
    last: Place | None


def look_through(
    session: Session, condition: ColumnElement[bool], until: datetime, after: Place | None = None
) -> EndedBatch:
    """Look for a condition on emails, among those that ended up to a moment; a page at a time, so that it is quick."""
    place = Email.ended_at, Email.id
    emails = select(Email.ended_at, Email.id, condition).where(KEPT, Email.ended_at <= until)
    if after:
        emails = emails.where(Email.ended_at >= after[0], tuple_(*place) > tuple_(*after))
    rows = session.execute(emails.order_by(*place).limit(PAGE)).all()
    last = cast("Place", (rows[-1][0], rows[-1][1])) if rows else None  # it has ended, so there is a moment
    return EndedBatch([number for _, number, holds in rows if holds], last)


def forget_old(session: Session, before: datetime) -> int:
    """Keep only the outcome of some emails that ended before then, and return of how many."""
    old = select(Email.id).where(KEPT, Email.ended_at <= before).order_by(Email.ended_at).limit(BATCH)
    return forget(session, session.scalars(old.with_for_update(skip_locked=True)).all())


def drop_outcomes(session: Session, before: datetime) -> int:
    """Delete a batch of emails of which only the outcome is kept and which ended before then; return how many.

    They are counted for ever elsewhere. The oldest come first, and only those are looked at, so that it is quick. The
    newest email stays whatever it is, or SQLite would give its number, which events name, to another.
    """
    oldest = select(Email.id).order_by(Email.id).limit(BATCH)
    newest = select(func.max(Email.id)).scalar_subquery()
    done = Email.to == "", Email.counted, Email.ended_at < before, Email.id < newest
    return len(session.scalars(delete(Email).where(Email.id.in_(oldest), *done).returning(Email.id)).all())


def forget(session: Session, ids: Collection[int], *conditions: ColumnElement[bool]) -> int:
    """Keep only the outcome of these emails, where they have ended and the conditions hold; return of how many."""
    if not ids:
        return 0
    these = update(Email).where(KEPT, Email.id.in_(ids), *conditions)
    without_session = {"synchronize_session": False}  # nothing was loaded before
    forgotten = session.scalars(these.values(FORGOTTEN).returning(Email.id), execution_options=without_session).all()
    session.execute(delete(Try).where(Try.email_id.in_(forgotten)), execution_options=without_session)
    return len(forgotten)


def drop_old_outcomes(session: Session, ages: Ages) -> int:
    """Delete some of the outcomes that are old enough."""
    return drop_outcomes(session, ages.now - OUTCOMES_KEPT_FOR)


def delete_old_slots(session: Session, ages: Ages) -> int:
    """Delete the slots of the provider's rate that no window reaches back to."""
    return provider_rate.forget(session, ages.now)


RETENTION: tuple[RetentionRule, ...] = (
    drop_old_outcomes,
    delete_where(WorkerSeen.id, lambda ages: WorkerSeen.seen_at < ages.now - DEAD_WORKERS_KEPT_FOR),
    delete_old_slots,
)
CLOCK_BOUNDS: tuple[ClockBound, ...] = ((Email.ended_at, NO_TIME), (WorkerSeen.seen_at, NO_TIME))
