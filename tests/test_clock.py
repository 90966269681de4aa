"""The clock that hosts share: hosts' own clocks may differ by minutes, or jump, and nobody is harmed."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from microblog import clock
from microblog.cli.bootstrap import clock_for
from microblog.clock import Agreed, Agreement, SharedClock, system_clock
from microblog.db import Database
from support.clock import NOON, HeldClock
from support.postgres import Postgres

A_MOMENT = timedelta(seconds=2)  # generous, for a machine that is busy


class Authority:
    """Says what time it is, as long as it answers."""

    def __init__(self) -> None:
        self.now = NOON
        self.asked = 0
        self.answers = True

    def __call__(self) -> datetime:
        self.asked += 1
        if not self.answers:
            raise ConnectionError
        return self.now


def test_the_authoritys_time_counts_and_not_this_hosts(postgres: Postgres) -> None:
    with postgres.fresh() as url, closing(Database(url)) as database:
        shared = SharedClock(database.server_time, own=HeldClock(datetime(2001, 1, 1, tzinfo=UTC)))
        with database.reading() as session:
            there = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        assert abs(shared() - there) < A_MOMENT
        assert shared().tzinfo is UTC


def test_between_two_askings_time_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority()
    shared = SharedClock(authority)
    first = shared()
    time.sleep(0.02)
    assert timedelta(seconds=0.02) <= shared() - first < A_MOMENT
    assert authority.asked == 1


def test_the_authority_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ASK_EVERY", 0.0)
    authority = Authority()
    shared = SharedClock(authority)
    authority.now = NOON + timedelta(minutes=5)
    assert shared() - authority.now < A_MOMENT
    assert authority.asked == 2


def test_a_host_that_slept_or_was_set_asks_at_once() -> None:
    authority, own = Authority(), HeldClock()
    shared = SharedClock(authority, own)
    own.move(hours=1)
    authority.now = NOON + timedelta(hours=1)
    assert shared() >= authority.now


def test_an_authority_that_does_not_answer_is_not_asked_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ASK_EVERY", 0.0)
    authority = Authority()
    shared = SharedClock(authority)
    authority.answers = False
    assert [abs(shared() - NOON) < A_MOMENT for _ in range(5)] == [True] * 5
    assert authority.asked == 2


def test_the_first_asking_must_be_answered() -> None:
    authority = Authority()
    authority.answers = False
    with pytest.raises(ConnectionError):
        SharedClock(authority)


def test_hosts_of_one_postgresql_share_its_clock_and_a_sqlite_site_is_one_host(
    database: Database, database_url: str
) -> None:
    assert isinstance(clock_for(database), SharedClock) is database_url.startswith("postgresql")
    assert abs(clock_for(database)() - system_clock()) < A_MOMENT


def test_a_database_that_is_away_is_told_as_such() -> None:
    with closing(Database("postgresql+psycopg://nobody@127.0.0.1:9/none")) as database, pytest.raises(OperationalError):
        clock_for(database)


def readings(agreement: Agreement, clock: HeldClock, minutes: int) -> Agreed:
    for _ in range(minutes):
        clock.move(minutes=1)
        agreement()
    return agreement()


def test_nothing_is_agreed_on_before_there_are_readings_some_minutes_apart() -> None:
    clock = HeldClock()
    agreement = Agreement(clock)
    assert not agreement().settled
    assert not readings(agreement, clock, 9).settled
    agreed = readings(agreement, clock, 1)
    assert agreed.settled
    assert agreed.least == agreed.most == clock()


@pytest.mark.parametrize("hours", [25, -25])
def test_a_clock_that_is_wrong_for_a_minute_is_not_believed(hours: int) -> None:
    clock = HeldClock()
    agreement = Agreement(clock)
    readings(agreement, clock, 30)
    clock.set(hours=hours)
    wrong = readings(agreement, clock, 1)
    true = clock.now - timedelta(hours=hours)
    assert (wrong.least, wrong.most) == (min(true, clock.now), max(true, clock.now))
    clock.set(hours=-hours)
    right = readings(agreement, clock, 1)
    assert (right.least if hours > 0 else right.most) == clock()
    again = readings(agreement, clock, 11)
    assert again.least == again.most == clock()


def test_a_clock_that_stays_where_it_was_set_is_believed_after_some_minutes() -> None:
    clock = HeldClock()
    agreement = Agreement(clock)
    readings(agreement, clock, 30)
    clock.set(hours=25)
    assert readings(agreement, clock, 9).least < clock() - timedelta(hours=24)
    assert readings(agreement, clock, 2).least == clock()


def test_few_readings_are_kept_however_often_it_is_asked() -> None:
    clock = HeldClock()
    agreement = Agreement(clock)
    for _ in range(5000):
        clock.move(seconds=0.5)
        agreement()
    assert len(agreement._readings) < 250
    assert agreement().least == clock()
