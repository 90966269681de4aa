"""Letting go of what has served its purpose, a little at a time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, not_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.audit import BY_ANYBODY_KEPT_FOR, Event, is_by_anybody
from microblog.auth import Confirmation, SignInSession
from microblog.auth.session_lifetimes import unexpired
from microblog.browser_state import BrowserState
from microblog.contact import AddressChange, PendingSecondAddress
from microblog.db import Database
from microblog.error_reports import ErrorReport
from microblog.identity import ESTABLISHED_AFTER, KeptUsername, RemovedAddress, without_account
from microblog.limits import forget_whole
from microblog.mail import Email, WorkerSeen, counts, provider_rate, retention
from microblog.ownership import Recovery, ReportableChange
from microblog.posts import KEPT_FOR, forget_deleted
from microblog.registration import SignUp

BATCH = 300  # rows in one transaction
STRANGERS_KEPT_FOR = timedelta(days=1)
OUTCOMES_KEPT_FOR = timedelta(days=90)  # anybody can ask for letters, so what is left of them must not pile up
DEAD_WORKERS_KEPT_FOR = timedelta(days=1)
ERRORS_KEPT_FOR = timedelta(days=90)
CHANGES_KEPT_FOR = timedelta(days=8)  # they can be reported for a week at the longest
MOVES_BEGUN_KEPT_FOR = timedelta(days=2)  # a day for its letter to leave, and a day for the link in it
MOVES_DONE_KEPT_FOR = timedelta(days=10)  # they can be taken back for a week
CONFIRMATIONS_KEPT_FOR = timedelta(days=1)
MOVE_BEGUN = AddressChange.completed_at.is_(None)

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
        partial(retention.drop_outcomes, before=now - OUTCOMES_KEPT_FOR),
        gone(SignUp.id, SignUp.expires_at <= now),
        gone(PendingSecondAddress.account_id, PendingSecondAddress.expires_at <= now),
        gone(Event.id, and_(Event.account_id.is_(None), Event.at <= now - keep_letters)),
        gone(ReportableChange.id, ReportableChange.at < now - CHANGES_KEPT_FOR),
        gone(Recovery.id, Recovery.at < now - ESTABLISHED_AFTER),
        gone_addresses(now - ESTABLISHED_AFTER),
        gone(
            AddressChange.id, AddressChange.completed_at.is_(None), AddressChange.asked_at < now - MOVES_BEGUN_KEPT_FOR
        ),
        gone(AddressChange.id, AddressChange.completed_at < now - MOVES_DONE_KEPT_FOR),
        gone(Confirmation.id, Confirmation.asked_at < now - CONFIRMATIONS_KEPT_FOR),
        gone(BrowserState.key, BrowserState.expires_at <= now),
        gone(KeptUsername.username_key, KeptUsername.free_at <= now),
        gone(SignInSession.id, not_(unexpired(now))),
        gone(Event.id, is_by_anybody(now - BY_ANYBODY_KEPT_FOR)),
        gone(WorkerSeen.id, WorkerSeen.seen_at < now - DEAD_WORKERS_KEPT_FOR),
        gone(ErrorReport.key, ErrorReport.last_at < now - ERRORS_KEPT_FOR),
        partial(forget_whole, now=now),
        partial(provider_rate.forget, now=now),
        partial(forget_deleted, before=now - KEPT_FOR),
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
    strangers = without_account(Email.address_key)
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


def gone(key: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> Step:
    """Return the step that deletes some of the rows that all conditions hold for."""
    some = select(key).where(*conditions).limit(BATCH)
    statement = delete(key.class_).where(key.in_(some)).returning(key)
    return lambda session: len(session.scalars(statement).all())


def gone_addresses(until: datetime) -> Step:
    """Return the step that forgets some of the addresses that were removed by then."""
    whose = tuple_(RemovedAddress.account_id, RemovedAddress.email_key)
    some = select(RemovedAddress.account_id, RemovedAddress.email_key).where(RemovedAddress.removed_at <= until)
    statement = delete(RemovedAddress).where(whose.in_(some.limit(BATCH))).returning(RemovedAddress.account_id)
    return lambda session: len(session.scalars(statement).all())
