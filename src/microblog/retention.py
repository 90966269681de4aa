"""Retention rules: each package declares them for its own tables, and `ops` applies them.

A package has `RETENTION`, the rules by which rows of its tables are deleted, and `CLOCK_BOUNDS`, how far ahead of the
clock its moments may lie.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

BATCH = 300  # rows in one transaction
NO_TIME, DAY = timedelta(), timedelta(days=1)


@dataclass(frozen=True)
class Ages:
    """The moment of a sweep, and what administrators set: how long emails and events of no account are kept."""

    now: datetime
    keep_emails: timedelta


RetentionRule = Callable[[Session, Ages], int]
"""Deletes some rows whose time is over, and returns how many; 0 when none is left."""

ClockBound = tuple[InstrumentedAttribute[Any], timedelta]
"""A column, and how far ahead of the clock its moments may lie at the most.

A clock that was ahead has written those beyond; see `ops.future`. Moments that links are bound to stay as they are.
"""


def delete_where(
    key: InstrumentedAttribute[Any],
    is_over: Callable[[Ages], ColumnElement[bool]],
    second_key: InstrumentedAttribute[Any] | None = None,
) -> RetentionRule:
    """Return the rule that deletes the rows a condition holds for, by their primary key of one or two columns."""
    keys = (key,) if second_key is None else (key, second_key)
    whole_key = key if second_key is None else tuple_(*keys)

    def delete_some(session: Session, ages: Ages) -> int:
        some = select(*keys).where(is_over(ages)).limit(BATCH)
        return len(session.execute(delete(key.class_).where(whole_key.in_(some)).returning(key)).all())

    return delete_some
