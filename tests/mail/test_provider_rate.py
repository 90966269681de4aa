"""MAIL_RATE: within any window no more emails leave than the provider allows, whoever sends them."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from microblog.clock import Clock, system_clock
from microblog.db import Database
from microblog.mail.outbox import ProviderRateSlot
from microblog.mail.provider_rate import (
    EPOCH,
    SECOND,
    SLICES,
    WITHOUT_LIMIT,
    Remaining,
    decide,
    forget,
    give_back,
    microseconds,
    reach,
    remaining_allowance,
    renew,
    share_of_others,
    slice_of,
    spend,
    width,
)
from microblog.settings import Rate
from support.clock import NOON, HeldClock
from support.postgres import Postgres

DAY, SECONDLY, MINUTELY, ONE = Rate(500, 86400), Rate(10, 1), Rate(1, 60), Rate(1, 1)
RATES = [DAY, SECONDLY, MINUTELY, ONE]
OFF = Rate(None, 1)
AT = microseconds(NOON)  # where a slice of each of these rates begins
rates = st.builds(Rate, st.integers(1, 60), st.sampled_from([1, 60, 3600, 86400]))


def times(rate: Rate) -> int:
    assert rate.times
    return rate.times


def at(microsecond: int) -> datetime:
    return EPOCH + timedelta(microseconds=microsecond)


def left(spent: Sequence[tuple[int, int]], rate: Rate, now: datetime = NOON) -> tuple[int, int]:
    found = decide(spent, rate, times(rate), now)
    return found.urgent, found.other


def worst_window(moments: Sequence[int], rate: Rate) -> int:
    """Return how many of the moments the fullest window holds; the fullest one begins at one of them."""
    window = rate.seconds * SECOND
    return max((sum(first <= one < first + window for one in moments) for first in moments), default=0)


@pytest.mark.parametrize(
    ("whole", "share"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (6, 4), (10, 8), (500, 400), (999, 799)]
)
def test_the_share_of_emails_that_are_not_urgent(whole: int, share: int) -> None:
    assert share_of_others(whole) == share


@pytest.mark.parametrize("rate", RATES)
def test_a_fresh_budget_is_whole(rate: Rate) -> None:
    assert decide([], rate, times(rate), NOON) == Remaining(AT, times(rate), share_of_others(times(rate)), NOON, NOON)


@pytest.mark.parametrize(
    ("spent", "urgent", "other"),
    [(0, 10, 8), (1, 9, 7), (7, 3, 1), (8, 2, 0), (9, 1, 0), (10, 0, 0), (12, 0, 0)],
)
def test_the_last_fifth_is_for_urgent_emails_alone(spent: int, urgent: int, other: int) -> None:
    assert left([(AT, spent)], SECONDLY) == (urgent, other)


def test_both_kinds_are_taken_from_the_same_budget_slice_by_slice() -> None:
    slot = width(DAY)
    assert left([(AT, 100), (AT - slot, 100), (AT - 30 * slot, 250)], DAY) == (50, 0)


@pytest.mark.parametrize("rate", RATES)
def test_a_slice_counts_until_it_and_the_next_have_left_the_window(rate: Rate) -> None:
    full, slot = [(AT, times(rate))], width(rate)
    leaves = AT + rate.seconds * SECOND + 2 * slot
    assert left(full, rate, at(leaves - 1)) == (0, 0)
    assert left(full, rate, at(leaves)) == (times(rate), share_of_others(times(rate)))


@pytest.mark.parametrize("rate", RATES)
def test_a_budget_that_is_used_up_says_when_it_is_free_again(rate: Rate) -> None:
    found = decide([(AT, times(rate))], rate, times(rate), NOON)
    free = NOON + timedelta(seconds=rate.seconds) * (SLICES + 2) / SLICES
    assert (found.urgent_at, found.other_at) == (free, free)


def test_urgent_emails_have_room_before_the_others() -> None:
    slot = width(SECONDLY)
    found = decide([(AT - 5 * slot, 1), (AT - 3 * slot, 2), (AT, 7)], SECONDLY, 10, NOON)
    assert (found.urgent, found.other) == (0, 0)
    assert found.urgent_at == at(AT + 37 * slot)
    assert found.other_at == at(AT + 39 * slot)


def test_a_clock_that_goes_back_spends_in_the_newest_slice() -> None:
    found = decide([(AT, 4)], SECONDLY, 10, NOON - timedelta(milliseconds=300))
    assert (found.slot, found.urgent) == (AT, 6)


@pytest.mark.parametrize(("rate", "seconds"), [(DAY, 86400), (MINUTELY, 60), (ONE, 60)])
def test_a_clock_that_was_far_ahead_stops_mail_for_no_longer_than_a_window(rate: Rate, seconds: int) -> None:
    first, last = reach(rate, AT)
    assert last == AT + seconds * SECOND
    assert first == AT - rate.seconds * SECOND - width(rate)


@settings(deadline=None)
@given(rate=rates, steps=st.lists(st.tuples(st.floats(0, 1.3), st.booleans(), st.integers(1, 70)), max_size=60))
def test_no_window_ever_holds_more_than_the_rate_and_every_wait_ends_when_it_was_said_to(
    rate: Rate, steps: list[tuple[float, bool, int]]
) -> None:
    spent, left_at, now = Counter[int](), list[int](), AT
    for wait, urgent, wanted in steps:
        now += int(wait * wait * rate.seconds * SECOND)
        found = decide(spent.items(), rate, times(rate), at(now))
        emails = min(wanted, found.urgent if urgent else found.other)
        spent[found.slot] += emails
        left_at += [now] * emails
        again = decide(spent.items(), rate, times(rate), at(now))
        for moment, kind in ((again.urgent_at, "urgent"), (again.other_at, "other")):
            assert getattr(decide(spent.items(), rate, times(rate), moment), kind) > 0
            if moment > at(now):
                early = moment - timedelta(microseconds=1)
                assert getattr(decide(spent.items(), rate, times(rate), early), kind) == 0
    assert worst_window(left_at, rate) <= times(rate)


@settings(deadline=None)
@given(rate=rates, delays=st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_an_email_may_leave_up_to_a_slice_after_it_was_counted(rate: Rate, delays: list[float]) -> None:
    spent, left_at, now = Counter[int](), list[int](), AT
    for turn in range(4 * times(rate)):
        found = decide(spent.items(), rate, times(rate), at(now))
        now = max(now, microseconds(found.urgent_at))
        spent[decide(spent.items(), rate, times(rate), at(now)).slot] += 1
        left_at.append(now + int(delays[turn % len(delays)] * width(rate)))
    assert worst_window(left_at, rate) <= times(rate)


@pytest.mark.parametrize("rate", [DAY, SECONDLY, MINUTELY, ONE, Rate(7, 3600), Rate(100, 60)])
def test_over_a_long_time_nine_tenths_of_the_rate_are_used(rate: Rate) -> None:
    spent, now, sent = Counter[int](), AT + 1, 0
    end = AT + 20 * rate.seconds * SECOND
    while now < end:
        found = decide(spent.items(), rate, times(rate), at(now))
        spent[found.slot] += found.urgent
        sent += found.urgent
        now = microseconds(decide(spent.items(), rate, times(rate), at(now)).urgent_at)
    assert sent >= 0.9 * 20 * times(rate)


def lease(database: Database, rate: Rate, wanted: int, clock: Clock, *, urgent: bool = True) -> tuple[Remaining, int]:
    """Spend as a worker does that leases emails; return what there was and how much was spent."""
    with database.writing() as session:
        found = remaining_allowance(session, rate, clock)
        emails = min(wanted, found.urgent if urgent else found.other)
        spend(session, rate, emails, found.slot)
        return found, emails


def used(database: Database) -> dict[int, int]:
    with database.reading() as session:
        return {row.slot: row.used for row in session.scalars(select(ProviderRateSlot))}


@pytest.mark.parametrize("seed", range(3))
def test_the_database_decides_as_the_rule_does(database: Database, seed: int) -> None:
    chance, clock = random.Random(seed), HeldClock()
    rate = Rate(chance.randint(1, 30), chance.choice([1, 60, 86400]))
    spent = Counter[int]()
    for _ in range(60):
        clock.move(seconds=chance.choice([0, 0.01, chance.random()]) * rate.seconds)
        expected = decide(spent.items(), rate, times(rate), clock.now)
        found, emails = lease(database, rate, chance.randint(0, 8), clock)
        assert found == expected
        spent[found.slot] += emails
        first = found.slot - (rate.seconds * SECOND + width(rate))
        assert used(database) == {slot: n for slot, n in spent.items() if n and slot >= first} or not emails


def test_a_rate_that_is_off_has_room_for_all_and_keeps_no_row(database: Database, clock: HeldClock) -> None:
    assert lease(database, OFF, 2000, clock, urgent=False) == (
        Remaining(0, WITHOUT_LIMIT, WITHOUT_LIMIT, NOON, NOON),
        2000,
    )
    with database.writing() as session:
        give_back(session, OFF, 5, 0)
        assert renew(session, OFF, 0, clock) == 0
    assert used(database) == {}


def test_what_was_not_handed_over_may_be_spent_again(database: Database, clock: HeldClock) -> None:
    found, _ = lease(database, SECONDLY, 10, clock)
    with database.writing() as session:
        give_back(session, SECONDLY, 3, found.slot)
    assert lease(database, SECONDLY, 10, clock)[1] == 3


def test_giving_back_what_nobody_remembers_changes_nothing(database: Database, clock: HeldClock) -> None:
    lease(database, SECONDLY, 10, clock)
    with database.writing() as session:
        give_back(session, SECONDLY, 3, AT - 60 * SECOND)
    assert used(database) == {AT: 10}


def test_what_is_undone_is_not_spent(database: Database, clock: HeldClock) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:  # noqa: PT012 - the transaction is the subject
        spend(session, SECONDLY, 10, remaining_allowance(session, SECONDLY, clock).slot)
        raise ZeroDivisionError
    assert lease(database, SECONDLY, 10, clock)[1] == 10


def renewed(database: Database, clock: Clock, slot: int = AT) -> int | None:
    with database.writing() as session:
        return renew(session, SECONDLY, slot, clock)


def test_an_email_that_leaves_in_the_slice_it_was_claimed_in_is_counted_there(
    database: Database, clock: HeldClock
) -> None:
    lease(database, SECONDLY, 10, clock)
    clock.move(seconds=0.0249)
    assert renewed(database, clock) == AT
    assert used(database) == {AT: 10}


def test_an_email_that_leaves_later_is_counted_where_it_leaves(database: Database, clock: HeldClock) -> None:
    lease(database, SECONDLY, 10, clock)
    clock.move(seconds=0.5)
    assert renewed(database, clock) == AT + SECOND // 2
    assert used(database) == {AT: 9, AT + SECOND // 2: 1}
    clock.move(seconds=0.55)  # what was spent at noon counts no more, the renewed email does
    assert lease(database, SECONDLY, 10, clock)[1] == 9


def test_an_email_that_was_in_hand_too_long_waits_where_others_took_its_room(
    database: Database, clock: HeldClock
) -> None:
    lease(database, SECONDLY, 10, clock)
    clock.move(seconds=1.05)
    assert lease(database, SECONDLY, 10, clock)[1] == 10
    assert renewed(database, clock) is None
    assert used(database) == {AT + SECOND * 21 // 20: 10}


def test_a_new_rate_remembers_what_was_spent_under_the_old_one(database: Database, clock: HeldClock) -> None:
    for _ in range(3):
        lease(database, SECONDLY, 1, clock)
        clock.move(seconds=0.3)
    assert lease(database, DAY, 1000, clock)[1] == 497


def test_rows_a_clock_wrote_far_ahead_are_dropped(database: Database, clock: HeldClock) -> None:
    lease(database, SECONDLY, 10, lambda: NOON + timedelta(days=365))
    assert lease(database, SECONDLY, 10, clock)[1] == 10
    assert used(database) == {AT: 10}


def test_only_slices_no_window_reaches_are_forgotten(database: Database, clock: HeldClock) -> None:
    lease(database, DAY, 10, clock)
    with database.writing() as session:
        assert forget(session, NOON + timedelta(days=1, hours=2)) == 0
        assert forget(session, NOON + timedelta(days=2, hours=1)) == 1
        assert session.scalar(select(func.count()).select_from(ProviderRateSlot)) == 0


@pytest.mark.parametrize(("rate", "emails"), [(SECONDLY, 10), (DAY, 500), (ONE, 1)])
def test_eight_workers_at_once_never_overspend(database: Database, clock: HeldClock, rate: Rate, emails: int) -> None:
    def work(seed: int) -> int:
        chance = random.Random(seed)
        return sum(lease(database, rate, chance.randint(1, emails // 4 + 1), clock)[1] for _ in range(6))

    with ThreadPoolExecutor(8) as workers:
        for _ in range(2):
            assert sum(workers.map(work, range(8))) <= emails
            assert sum(used(database).values()) <= emails
            lease(database, rate, emails, clock)
            assert sum(used(database).values()) == emails
            clock.move(seconds=rate.seconds * 1.05)


def test_the_clock_is_read_once_the_budget_is_held(postgres: Postgres) -> None:
    """On PostgreSQL: on SQLite a transaction that writes has waited before it begins."""
    with postgres.fresh() as url, closing(Database(url)) as database, ThreadPoolExecutor(1) as other:
        clock = HeldClock()
        with database.writing() as session:
            remaining_allowance(session, SECONDLY, clock)
            waiting = other.submit(lease, database, SECONDLY, 1, clock)
            with database.reading() as watcher:
                blocked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                while not watcher.scalar(blocked):
                    assert not waiting.done()
                    time.sleep(0.01)
            clock.move(seconds=1)
        assert waiting.result()[0].slot == AT + SECOND


def test_eight_workers_never_go_over_the_rate_in_any_window_of_real_time(database: Database) -> None:
    """Each email is held for a while, as by a mail server that takes its time, and renewed before it leaves."""
    rate, left_at = Rate(25, 1), list[int]()

    def work(seed: int) -> None:
        chance, read = random.Random(seed), list[datetime]()

        def clock() -> datetime:
            read.append(system_clock())
            return read[-1]

        while len(left_at) < 60:
            found, emails = lease(database, rate, chance.randint(1, 6), clock, urgent=chance.random() < 0.5)
            for _ in range(emails):
                time.sleep(chance.random() * 0.08)
                with database.writing() as session:
                    if renew(session, rate, found.slot, clock) is not None:
                        left_at.append(microseconds(read[-1]))
            time.sleep(chance.random() * 0.05)

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(work, range(8)))
    assert worst_window(left_at, rate) <= 25


@pytest.mark.parametrize("rate", RATES)
def test_slices_of_every_rate_begin_on_whole_microseconds(rate: Rate) -> None:
    assert width(rate) * SLICES == rate.seconds * SECOND
    assert slice_of(rate, at(AT + width(rate) - 1)) == AT
    assert slice_of(rate, at(AT + width(rate))) == AT + width(rate)
