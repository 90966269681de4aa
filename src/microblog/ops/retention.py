"""Retention: delete old rows in small batches, by the rules of the packages that own them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from microblog import browser_state, limits
from microblog.audit.retention import RETENTION as OF_AUDIT
from microblog.auth.retention import RETENTION as OF_AUTH
from microblog.contact.retention import RETENTION as OF_CONTACT
from microblog.db import Database
from microblog.error_reports.retention import RETENTION as OF_ERROR_REPORTS
from microblog.identity import without_account
from microblog.identity.retention import RETENTION as OF_IDENTITY
from microblog.mail import Email, counts, retention
from microblog.ownership.retention import RETENTION as OF_OWNERSHIP
from microblog.posts.retention import RETENTION as OF_POSTS
from microblog.registration.retention import RETENTION as OF_REGISTRATION
from microblog.retention import BATCH, Ages, RetentionRule

STRANGERS_KEPT_FOR = timedelta(days=1)
RULES: tuple[RetentionRule, ...] = (
    *retention.RETENTION,
    *OF_REGISTRATION,
    *OF_CONTACT,
    *OF_AUDIT,
    *OF_OWNERSHIP,
    *OF_IDENTITY,
    *OF_AUTH,
    *OF_ERROR_REPORTS,
    *OF_POSTS,
    *browser_state.RETENTION,
    *limits.RETENTION,
)


def count_ended(database: Database) -> Iterator[int]:
    """Add the emails that have ended to the counts, a step at a time, as `sweep` does."""
    return repeat(database, counts.gather)


def sweep(database: Database, keep_emails: timedelta, now: datetime) -> Iterator[int]:
    """Delete everything whose time is over.

    Each step is a short transaction, so that nobody who writes has to wait; yields how many rows it dealt with. The
    caller may rest between two steps, or stop.
    """
    yield from repeat(database, partial(retention.forget_old, before=now - keep_emails))
    yield from forget_strangers(database, now - STRANGERS_KEPT_FOR)
    for rule in RULES:
        yield from repeat(database, apply(rule, Ages(now, keep_emails)))


def apply(rule: RetentionRule, ages: Ages) -> Callable[[Session], int]:
    """Return the step that applies a rule."""
    return lambda session: rule(session, ages)


def repeat(database: Database, step: Callable[[Session], int]) -> Iterator[int]:
    """Take a step until there is nothing left for it."""
    while True:
        with database.writing() as session:
            done = step(session)
        yield done
        if not done:
            return


def forget_strangers(database: Database, until: datetime) -> Iterator[int]:
    """Keep only the outcome of emails that ended by then and whose recipient has no account, or none yet."""
    strangers = without_account(Email.address_key)
    page = retention.EndedBatch([], None)
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
