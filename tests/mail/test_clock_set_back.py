"""A clock that was an hour or a day ahead, and is set right: emails are neither held up nor dropped, nor ended."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest

from mail.office import Office, subjects
from mail.rows import put, row
from microblog.clock import Agreement
from microblog.db import Database
from microblog.mail import State
from microblog.mail.leases import LEASE_TIME, take
from microblog.mail.provider_rate import remaining_allowance, spend
from microblog.mail.repair import mend_deadlines, mend_waits
from microblog.settings import Rate
from microblog.worker import rounds
from support.clock import NOON, HeldClock
from support.smtp_server import SmtpServer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
by_hours = pytest.mark.parametrize("hours", [1, 25])


@pytest.fixture
def office(database: Database, clock: HeldClock, smtp_server: SmtpServer) -> Iterator[Office]:
    opened = Office(database, clock, smtp_server.port)
    yield opened
    opened.delivery.disconnect()


def settle(clock: HeldClock, agreement: Agreement) -> None:
    """Let some minutes pass, with the readings a worker takes."""
    for _ in range(11):
        clock.move(minutes=1)
        agreement()


@by_hours
@pytest.mark.parametrize("restarted", [False, True])
def test_emails_that_met_a_server_away_leave_once_the_clock_is_right(
    office: Office, smtp_server: SmtpServer, clock: HeldClock, hours: int, restarted: bool
) -> None:
    office.post("alice", "bob", ttl=3 * DAY)
    clock.set(hours=hours)
    smtp_server.script.greeting = "421 4.3.2 away"
    office.delivery.deliver_batch()
    smtp_server.script.greeting = None
    clock.set(hours=-hours)
    delivery = office.another() if restarted else office.delivery
    for _ in range(6):
        clock.move(seconds=2)
        delivery.deliver_batch()
    assert sorted(subjects(smtp_server)) == ["alice", "bob"]


@by_hours
def test_an_email_that_was_refused_for_now_is_tried_again_after_the_usual_wait(
    office: Office, smtp_server: SmtpServer, clock: HeldClock, hours: int
) -> None:
    office.post("alice", ttl=3 * DAY)
    clock.set(hours=hours)
    smtp_server.script.rcpt = ["450 4.2.0 later"]
    office.delivery.deliver_batch()
    clock.set(hours=-hours)
    assert office.delivery.deliver_batch() == 0
    clock.move(seconds=12)
    office.delivery.deliver_batch()
    assert office.states() == {"alice": "sent"}


@by_hours
def test_what_a_worker_that_died_then_held_is_taken_over_after_one_lease(
    database: Database, office: Office, clock: HeldClock, hours: int
) -> None:
    office.post("alice", ttl=3 * DAY)
    clock.set(hours=hours)
    with database.writing() as session:
        assert len(take(session, "a worker that dies", 1, clock())) == 1
    clock.set(hours=-hours)
    assert office.delivery.deliver_batch() == 0
    clock.now += LEASE_TIME + timedelta(seconds=1)
    office.delivery.deliver_batch()
    assert office.states() == {"alice": "sent"}


def test_what_a_living_worker_holds_is_not_taken_from_it(database: Database, office: Office, clock: HeldClock) -> None:
    office.post("alice")
    with database.writing() as session:
        assert len(take(session, "another worker", 1, clock())) == 1
        assert mend_waits(session, clock()) == 0
    assert office.delivery.deliver_batch() == 0
    assert office.row().due_at == NOON + LEASE_TIME


def test_waits_that_were_begun_by_a_clock_that_is_right_stay(database: Database) -> None:
    waits = [put(database, NOON + wait, due_set_at=NOON)[0] for wait in (-DAY, 0 * HOUR, MINUTE, HOUR, 3 * DAY)]
    with database.writing() as session:
        assert mend_waits(session, NOON - MINUTE) == 0
    assert [row(database, number).due_at - NOON for number in waits] == [-DAY, 0 * HOUR, MINUTE, HOUR, 3 * DAY]


def test_a_long_wait_that_was_begun_ahead_stays_as_long_as_it_was_meant(database: Database) -> None:
    ahead = NOON + DAY
    (number,) = put(database, ahead + 3 * DAY, due_set_at=ahead)
    (unknown,) = put(database, ahead)
    with database.writing() as session:
        assert mend_waits(session, NOON) == 2
    assert [row(database, one).due_at - NOON for one in (number, unknown)] == [3 * DAY, 0 * DAY]


@by_hours
def test_an_email_asked_for_again_is_no_repeat_of_one_that_was_sent_by_a_clock_that_was_ahead(
    office: Office, smtp_server: SmtpServer, clock: HeldClock, hours: int
) -> None:
    clock.set(hours=hours)
    office.post("alice", key="reset alice")
    office.delivery.deliver_batch()
    clock.set(hours=-hours)
    clock.move(minutes=2)
    office.post("bob", key="reset alice")
    office.delivery.deliver_batch()
    assert subjects(smtp_server) == ["alice", "bob"]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_is_wrong_for_a_minute_ends_no_email(
    office: Office, smtp_server: SmtpServer, clock: HeldClock, restarted: bool
) -> None:
    clock.move(hours=1)
    office.delivery.deliver_batch()
    office.post("alice", ttl=DAY)
    clock.set(hours=25)
    delivery = office.another() if restarted else office.delivery
    for _ in range(6):
        delivery.deliver_batch()
        clock.move(seconds=10)
    assert office.states() == {"alice": "waiting"}
    clock.set(hours=-25)
    for _ in range(2):
        clock.move(minutes=1)
        delivery.deliver_batch()
    assert subjects(smtp_server) == ["alice"]


def test_an_email_whose_time_is_over_leaves_no_more_and_ends_once_the_clock_is_believed(
    office: Office, smtp_server: SmtpServer, clock: HeldClock
) -> None:
    office.post("alice", ttl=MINUTE)
    clock.move(minutes=2)
    office.delivery.deliver_batch()
    assert office.states() == {"alice": "waiting"}
    clock.move(minutes=10)
    office.delivery.deliver_batch()
    assert office.states() == {"alice": "expired"}
    assert subjects(smtp_server) == []


def test_a_workers_rounds_end_no_email_by_one_wrong_reading(database: Database, clock: HeldClock) -> None:
    agreement = Agreement(clock)
    settle(clock, agreement)
    (number,) = put(database, clock(), expires_at=clock() + DAY, queued_at=clock())
    do, *_ = rounds(database, 30 * DAY, Event(), agreement=agreement).due()
    clock.set(hours=25)
    do(clock())
    clock.set(hours=-25)
    do(clock())
    assert row(database, number).state == State.WAITING
    clock.move(hours=24)
    settle(clock, agreement)
    do(clock())
    assert row(database, number).state == State.EXPIRED


def test_an_email_posted_by_a_clock_that_was_ahead_does_not_live_for_longer(database: Database) -> None:
    (number,) = put(database, NOON + 99 * DAY, queued_at=NOON + 99 * DAY, expires_at=NOON + 100 * DAY)
    (good,) = put(database, NOON, queued_at=NOON, expires_at=NOON + DAY)
    with database.writing() as session:
        assert mend_deadlines(session, NOON + MINUTE, NOON + MINUTE) == 1
    assert row(database, number).expires_at == NOON + DAY + MINUTE
    assert row(database, good).expires_at == NOON + DAY


def test_a_clock_that_is_behind_for_a_minute_ends_no_email_either(database: Database, clock: HeldClock) -> None:
    agreement = Agreement(clock)
    settle(clock, agreement)
    (number,) = put(database, clock(), expires_at=clock() + DAY, queued_at=clock(), due_set_at=clock())
    do, *_ = rounds(database, 30 * DAY, Event(), agreement=agreement).due()
    clock.set(hours=-25)
    do(clock())
    clock.set(hours=25)
    settle(clock, agreement)
    do(clock())
    assert row(database, number).expires_at == clock() - 11 * MINUTE + DAY
    assert row(database, number).state == State.WAITING


@pytest.mark.parametrize("rate", [Rate(2, 3600), Rate(2, 86_400)])
def test_what_was_spent_ahead_counts_for_one_window_and_no_longer(database: Database, rate: Rate) -> None:
    clock, seconds = HeldClock(), rate.seconds * 0.9
    clock.set(seconds=seconds)
    with database.writing() as session:
        spend(session, rate, 2, remaining_allowance(session, rate, clock).slot)
    clock.set(seconds=-seconds)
    for moved, left in ((0, 0), (rate.seconds * 0.9, 0), (rate.seconds * 0.2, 2)):
        clock.move(seconds=moved)
        with database.writing() as session:
            assert remaining_allowance(session, rate, clock).urgent == left
