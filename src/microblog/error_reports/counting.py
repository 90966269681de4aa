"""Counting of errors, and when to report each: the first time, then once an hour at most."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from microblog.clock import SKEW
from microblog.db import upsert
from microblog.error_reports.models import ErrorReport

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
TELL_AGAIN = timedelta(hours=1)
AT_ONCE = 100  # errors in one email about those that went on


def is_due(told_at: datetime, now: datetime) -> bool:
    """Tell whether the admins may hear of an error now: never told, or not within the last hour."""
    return abs(now - told_at) >= TELL_AGAIN


def count_error(session: Session, key: str, now: datetime) -> ErrorReport:
    """Count an error once more. Its row stays locked to the end of the transaction, so that one of many tells it."""
    first = {"key": key, "first_at": now, "last_at": now, "told_at": NEVER, "times": 1, "untold": 1}
    again = {"last_at": now, "times": ErrorReport.times + 1, "untold": ErrorReport.untold + 1}
    return session.scalars(upsert(session, ErrorReport, first, again).returning(ErrorReport)).one()


def mark_told(reports: Sequence[ErrorReport], now: datetime) -> None:
    """Record that the administrators were told about these."""
    for report in reports:
        report.told_at, report.untold = now, 0


def lock_untold(session: Session, now: datetime) -> list[ErrorReport]:
    """Return the errors that recurred and had no email for an hour, or never had one; the newest first.

    All of them are locked here, before any limit is spent: `tell` locks in the same order.
    """
    waiting = (
        select(ErrorReport)
        .where(ErrorReport.untold > 0, or_(ErrorReport.told_at <= now - TELL_AGAIN, ErrorReport.told_at > now + SKEW))
        .order_by(ErrorReport.last_at.desc())
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(waiting))
