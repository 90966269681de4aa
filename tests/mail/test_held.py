"""Emails held after a restore: no worker sees them, and an administrator decides."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from mail.rows import taken
from microblog.db import Database
from microblog.mail import Email, State, count_held, hold_all
from microblog.mail.held import drop_all, release_all
from microblog.mail.leases import expire, next_due
from support.clock import NOON
from support.outbox import DAY, email_in, put_email


def states(database: Database) -> Counter[str]:
    with database.reading() as session:
        return Counter(session.scalars(select(Email.state)))


def held(database: Database) -> list[int]:
    """Put emails in every state, and hold what has not left."""
    numbers = [put_email(database, state) for state in (State.WAITING, State.SENDING, State.SENT, State.FAILED)]
    with database.writing() as session:
        assert hold_all(session) == 2
    return numbers[:2]


def test_what_has_not_left_is_held_and_no_worker_takes_it(database: Database) -> None:
    held(database)
    assert states(database) == {State.HELD: 2, State.SENT: 1, State.FAILED: 1}
    assert taken(database, "a worker") == []
    with database.reading() as session:
        assert (count_held(session), next_due(session)) == (2, None)


def test_all_that_is_held_is_sent_or_dropped_at_once(database: Database) -> None:
    numbers = held(database)
    with database.writing() as session:
        assert release_all(session, NOON) == 2
    assert {lease.email.id for lease in taken(database, "a worker")} == set(numbers)
    with database.writing() as session:
        hold_all(session)
        assert drop_all(session, NOON) == 2
    dropped = email_in(database, numbers[0])
    assert (dropped.state, dropped.reason, dropped.ended_at) == (State.DROPPED, "dropped_after_restore", NOON)


def test_what_is_held_expires_when_its_time_is_over(database: Database) -> None:
    numbers = held(database)
    with database.writing() as session:
        assert expire(session, NOON + DAY - timedelta(seconds=1)) == 0
        assert expire(session, NOON + DAY) == 2
    assert {email_in(database, number).state for number in numbers} == {State.EXPIRED}
