"""Letting go of what has served its purpose, a little at a time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, not_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.accounts import REFUSED_KEPT_FOR, Event, Login, SignUp, alive, is_refused, without_account
from microblog.db import Database
from microblog.error_reports import ErrorReport
from microblog.limits import forget_whole
from microblog.mail import Letter, WorkerSeen, budget, counts, retention

BATCH = 300  # rows in one transaction
STRANGERS_KEPT_FOR = timedelta(days=1)
DEAD_WORKERS_KEPT_FOR = timedelta(days=1)
ERRORS_KEPT_FOR = timedelta(days=90)

Step = Callable[[Session], int]


def count_ended(database: Database) -> Iterator[int]:
    """Add the letters that have ended to the counts, a step at a time, as `sweep` does."""
    return repeat(database, counts.gather)


def sweep(database: Database, keep_letters: timedelta, now: datetime) -> Iterator[int]:
    """Let go of everything whose time is over.

    Each step is a short transaction, so that nobody who writes has to wait; yields how many rows it dealt with. The
    caller may rest between two steps, or stop.
    """
    yield from repeat(database, partial(retention.forget_old, before=now - keep_letters))
    yield from forget_strangers(database, now - STRANGERS_KEPT_FOR)
    for step in (
        gone(SignUp.id, SignUp.expires_at <= now),
        gone(Login.id, Login.expires_at <= now),
        gone(Login.id, not_(alive(now))),
        gone(Event.id, is_refused(now - REFUSED_KEPT_FOR)),
        gone(WorkerSeen.id, WorkerSeen.seen_at < now - DEAD_WORKERS_KEPT_FOR),
        gone(ErrorReport.key, ErrorReport.last_at < now - ERRORS_KEPT_FOR),
        partial(forget_whole, now=now),
        partial(budget.forget, now=now),
    ):
        yield from repeat(database, step)


def repeat(database: Database, step: Step) -> Iterator[int]:
    """Take a step until there is nothing left for it."""
    while True:
        with database.writing() as session:
            done = step(session)
        yield done
        if not done:
            return


def forget_strangers(database: Database, until: datetime) -> Iterator[int]:
    """Keep only the outcome of letters that ended by then and whose addressee has no account, or none yet."""
    strangers = without_account(Letter.address_key)
    page = retention.Page([], None)
    while True:
        with database.reading() as session:
            page = retention.look_through(session, strangers, until, page.last)
        for start in range(0, len(page.found), BATCH):
            with database.writing() as session:
                done = retention.forget(session, page.found[start : start + BATCH], strangers)
            yield done
        if not page.last:
            return
        yield 0


def gone(key: InstrumentedAttribute[Any], condition: ColumnElement[bool]) -> Step:
    """Return the step that deletes some of the rows a condition holds for."""
    some = select(key).where(condition).limit(BATCH)
    statement = delete(key.class_).where(key.in_(some)).returning(key)
    return lambda session: len(session.scalars(statement).all())
