"""What a clock that was ahead has written is brought back, and one wrong reading deletes nothing."""

from datetime import datetime, timedelta
from functools import partial
from threading import Event as Stop
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from microblog.auth.models import SignInSession
from microblog.clock import Agreement
from microblog.contact.models import PendingBackupEmail
from microblog.db import Database
from microblog.digests.models import Digest
from microblog.error_reports.models import ErrorReport
from microblog.identity import Account
from microblog.identity.models import KeptUsername
from microblog.mail import Email, State
from microblog.mail.outbox import WorkerSeen
from microblog.ops import delete_due, mend_moments
from microblog.ops.future import CLOCK_BOUNDS
from microblog.posts import Post
from microblog.registration.models import SignUp
from microblog.worker import rounds
from support.clock import NOON, HeldClock
from support.community import about_to_be_deleted, add_member, say
from support.outbox import put_email

YEAR, DAY, MINUTE = timedelta(days=365), timedelta(days=1), timedelta(minutes=1)
TYPED = {"email": "bob@example.com", "email_key": "bob@example.com"}
LOGIN = {"secret_hash": "x", "remembered": True, "created_at": NOON, "device": "", "network": ""}


def fill(database: Database) -> None:
    """Put one row there for each table in which a moment may lie in the future."""
    alice = add_member(database, "alice")
    put_email(database, State.SENT, "250 taken")
    say(database, alice)
    mine, day = {"account_id": alice}, NOON + DAY
    rows: dict[type, dict[str, Any]] = {
        SignInSession: mine | LOGIN | {"seen_at": NOON, "expires_at": day},
        SignUp: {"username": "bob", **TYPED, "password_hash": "x", "created_at": NOON, "expires_at": day},
        PendingBackupEmail: mine | TYPED | {"asked_at": NOON, "expires_at": day},
        KeptUsername: {"username_key": "carol", "free_at": day},
        WorkerSeen: {
            "id": "1",
            "name": "here",
            "version": "1",
            "started_at": NOON,
            "seen_at": NOON,
            "trouble_seconds": 0.0,
        },
        ErrorReport: {"key": "1", "first_at": NOON, "last_at": NOON, "told_at": NOON, "times": 1, "untold": 0},
        Digest: mine | {"due_at": day},
    }
    with database.writing() as session:
        for table, row in rows.items():
            session.execute(insert(table).values(row))
        session.execute(update(Account).values(muted_until=day, recovered_at=NOON))
        session.execute(update(Post).values(deleted_at=NOON))
        session.execute(update(Email).values(ended_at=NOON))


def moments(database: Database) -> dict[str, datetime]:
    with database.reading() as session:
        return {str(column): session.scalars(select(column)).one() for column, _ in CLOCK_BOUNDS}


def set_all(database: Database, at: datetime) -> None:
    with database.writing() as session:
        for column, _ in CLOCK_BOUNDS:
            session.execute(update(column.class_).values({column: at}))


def test_moments_far_ahead_are_brought_back_to_what_they_may_be_at_the_most(database: Database) -> None:
    fill(database)
    set_all(database, NOON + YEAR)
    assert sum(mend_moments(database, NOON)) == len(CLOCK_BOUNDS)
    assert moments(database) == {str(column): NOON + ahead for column, ahead in CLOCK_BOUNDS}
    assert sum(mend_moments(database, NOON)) == 0


def test_moments_that_may_be_right_stay_as_they_are(database: Database) -> None:
    fill(database)
    before = moments(database)
    assert sum(mend_moments(database, NOON)) == 0
    assert moments(database) == before


@pytest.mark.parametrize(("column", "ahead"), CLOCK_BOUNDS, ids=lambda one: str(one) if "." in str(one) else "")
def test_a_moment_may_lie_ahead_as_far_as_hosts_differ(
    database: Database, column: InstrumentedAttribute[Any], ahead: timedelta
) -> None:
    fill(database)
    for more, mended in ((MINUTE, 0), (2 * MINUTE, 1)):
        with database.writing() as session:
            session.execute(update(column.class_).values({column: NOON + ahead + more}))
        assert sum(mend_moments(database, NOON)) == mended


@pytest.mark.parametrize("days", [400, -400])
def test_one_wrong_reading_of_the_clock_deletes_and_shortens_nothing(database: Database, days: int) -> None:
    clock = HeldClock()
    agreement = Agreement(clock)
    for _ in range(11):
        clock.move(minutes=1)
        agreement()
    fill(database)
    with database.writing() as session:
        session.execute(update(WorkerSeen).values(seen_at=clock()))
    before = moments(database)
    _, sweep = rounds(database, 30 * DAY, Stop(), agreement=agreement).due()
    clock.set(days=days)
    sweep(clock())
    assert moments(database) == before
    clock.set(days=-days)
    sweep(clock())
    assert moments(database) == before


def test_a_worker_that_has_just_started_deletes_nothing(database: Database) -> None:
    clock = HeldClock()
    fill(database)
    before = moments(database)
    clock.set(days=400)
    looking_after = rounds(database, 30 * DAY, Stop(), agreement=Agreement(clock))
    _, sweep = looking_after.due()
    assert sweep(clock()) is False
    looking_after.put_off(sweep)
    assert looking_after.due() == [sweep]
    assert moments(database) == before


def test_one_wrong_reading_of_the_clock_deletes_no_account(database: Database) -> None:
    clock = HeldClock()
    agreement, number = Agreement(clock), add_member(database, "alice")
    about_to_be_deleted(database, number)
    for _ in range(11):
        clock.move(minutes=1)
        agreement()
    final = [partial(delete_due, database, b"a key")]
    _, sweep = rounds(database, 30 * DAY, Stop(), agreement=agreement, final=final).due()
    clock.set(days=4)
    sweep(clock())
    with database.reading() as session:
        assert session.get(Account, number) is not None
    for _ in range(11):
        clock.move(minutes=1)
        agreement()
    sweep(clock())
    with database.reading() as session:
        assert session.get(Account, number) is None
