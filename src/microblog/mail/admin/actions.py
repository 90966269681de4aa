"""Retry, drop or release emails. Where a worker takes one at the same time, one statement decides.

Each action is a transaction of its own, and is logged with who took it.
"""

import logging
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.mail import counts, held
from microblog.mail.admin.errors import (
    ActionRefused,
    EmailBeingSent,
    EmailChanged,
    EmailEnded,
    EmailForgotten,
    EmailNotHeld,
    EmailSent,
    NoSuchEmail,
)
from microblog.mail.admin.queries import EmailEntry, entry, last_try
from microblog.mail.outbox import Email, State, Try, notify_workers
from microblog.mail.superseding import yield_to_newer

log = logging.getLogger(__name__)

BY_OPERATOR = "dropped_by_operator"


class Outcome(StrEnum):
    """The outcome of an action."""

    DUE = "due"
    DROPPED = "dropped"
    DROPPED_IN_HAND = "dropped_in_hand"
    """A worker was sending it, so it may become a sent one."""


def retry(database: Database, number: int, now: datetime, by: str) -> Outcome:
    """Make an email due now. One that had ended is queued anew, for as long as at first.

    An email held after a restore is released by it. `by` says in the log who did it.

    Raises:
        NoSuchEmail: there is none with that number.
        EmailSent, EmailBeingSent: it was sent, or is being sent.
        EmailForgotten: it can no longer be rendered.
        EmailChanged: a worker changed it in this moment.
    """
    with database.writing() as session:
        make_due(session, number, now)
    log.info("retry of letter id=%s by %s", number, by)
    return Outcome.DUE


def release(database: Database, number: int, now: datetime, by: str) -> Outcome:
    """Make an email due now that is held after a restore.

    Raises:
        EmailNotHeld: it is not held.
        NoSuchEmail, EmailForgotten, EmailChanged: as `retry`.
    """
    with database.writing() as session:
        if email_or_refuse(session, number).state != State.HELD:
            raise EmailNotHeld
        make_due(session, number, now)
    log.info("release of letter id=%s by %s", number, by)
    return Outcome.DUE


def drop(database: Database, number: int, now: datetime, by: str) -> Outcome:
    """End an email that has not left. A worker may be sending it at this moment.

    Raises:
        NoSuchEmail: there is none with that number.
        EmailEnded: it has ended.
        EmailChanged: a worker changed it in this moment.
    """
    with database.writing() as session:
        outcome = end_unsent(session, number, now)
    log.info("drop of letter id=%s by %s", number, by)
    return outcome


def release_held(database: Database, now: datetime, by: str) -> int:
    """Make every held email due now, and return how many there were."""
    with database.writing() as session:
        released = held.release_all(session, now)
    log.info("release of %s held emails by %s", released, by)
    return released


def drop_held(database: Database, now: datetime, by: str) -> int:
    """End every held email unsent, and return how many there were."""
    with database.writing() as session:
        dropped = held.drop_all(session, now)
    log.info("drop of %s held emails by %s", dropped, by)
    return dropped


def make_due(session: Session, number: int, now: datetime) -> None:
    """Make an email due, unless it cannot be tried again."""
    found = email_or_refuse(session, number)
    if refusal := why_no_retry(found):
        raise refusal
    counts.count_now(session, number)  # how it ended stays in the figures
    key = session.scalar(select(Email.key).where(Email.id == number))
    superseded = key is not None and yield_to_newer(session, number, key)
    due = {"lease": None, "due_at": now, "due_set_at": now, "superseded": superseded}
    update_as_found(session, found, state=State.WAITING, **due, **(posted_anew(found, now)))
    session.add_all(Try(email_id=number, **asdict(one)) for one in last_try(found))
    notify_workers(session)


def end_unsent(session: Session, number: int, now: datetime) -> Outcome:
    """End an email as dropped."""
    found = email_or_refuse(session, number)
    if found.ended_at is not None:
        raise EmailEnded
    ended = {"state": State.DROPPED, "reply": None, "reason": BY_OPERATOR, "ended_at": now}
    update_as_found(session, found, lease=None, **ended)
    if found.state != State.SENDING:
        return Outcome.DROPPED
    counts.count_now(session, number)  # it may become a sent one
    return Outcome.DROPPED_IN_HAND


def why_no_retry(found: EmailEntry) -> ActionRefused | None:
    """Return why an email cannot be tried again, None when it can."""
    if found.state == State.SENT:
        return EmailSent()
    if found.state == State.SENDING:
        return EmailBeingSent()
    return None if found.to else EmailForgotten()


def posted_anew(found: EmailEntry, now: datetime) -> dict[str, object]:
    """Return what changes in an email that had ended, so that it has as long as it had at first."""
    if found.ended_at is None:
        return {}
    expires_at = now + (found.expires_at - found.queued_at)
    ended = {"ended_at": None, "reason": "", "reply": None, "counted": False}
    return {"queued_at": now, "expires_at": expires_at, **ended}


def email_or_refuse(session: Session, number: int) -> EmailEntry:
    """Return an email by its number."""
    found = entry(session, number)
    if found is None:
        raise NoSuchEmail
    return found


def update_as_found(session: Session, found: EmailEntry, **values: object) -> None:
    """Change an email if it is still in the state it was found in."""
    as_found = (
        Email.id == found.id,
        Email.state == found.state,
        Email.ended_at.is_not_distinct_from(found.ended_at),
    )
    done = session.execute(update(Email).where(*as_found).values(values))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise EmailChanged
