"""How often something may happen: the rule on paper, the same rule in the database, and what is kept of it."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from microblog.db import Database
from microblog.limits import ALLOWED, SECOND, Allowance, Limit, Limits, Verdict, decide, delete_full, microseconds
from microblog.retention import NO_TIME, Ages
from microblog.settings import Rate
from support.clock import NOON, HeldClock
from support.plans import listening

SECRET = b"a key for the hashes of this test"
FIVE_AN_HOUR = Limit("reset per identifier", Rate(5, 3600))
STEP = 720 * SECOND  # what one of five in an hour costs
NOW = 1_000 * 3600 * SECOND

rates = st.builds(Rate, st.integers(1, 50), st.sampled_from([1, 60, 3600, 86400]))
waits = st.one_of(st.just(0), st.integers(0, 3 * SECOND), st.integers(0, 100_000 * SECOND))


@pytest.mark.parametrize(
    ("full_at", "verdict", "then"),
    [
        (None, ALLOWED, NOW + STEP),
        (NOW - 1, ALLOWED, NOW + STEP),
        (NOW, ALLOWED, NOW + STEP),
        (NOW + STEP, ALLOWED, NOW + 2 * STEP),
        (NOW + 4 * STEP, ALLOWED, NOW + 5 * STEP),
        (NOW + 4 * STEP + 1, Verdict(allowed=False, retry_after=1), NOW + 4 * STEP + 1),
        (NOW + 4 * STEP + SECOND, Verdict(allowed=False, retry_after=1), NOW + 4 * STEP + SECOND),
        (NOW + 4 * STEP + SECOND + 1, Verdict(allowed=False, retry_after=2), NOW + 4 * STEP + SECOND + 1),
        (NOW + 5 * STEP, Verdict(allowed=False, retry_after=720), NOW + 5 * STEP),
    ],
)
def test_five_an_hour(full_at: int | None, verdict: Verdict, then: int) -> None:
    assert decide(full_at, NOW, FIVE_AN_HOUR.rate) == (verdict, then)


@given(full_at=st.none() | st.integers(1, 2 * NOW))
def test_a_limit_that_is_off_allows_everything(full_at: int | None) -> None:
    assert decide(full_at, NOW, Rate(None, 1))[0] == ALLOWED


@settings(deadline=None)
@given(rate=rates)
def test_as_many_as_the_limit_says_may_come_at_once_and_no_more(rate: Rate) -> None:
    full_at, allowed = None, 0
    for _ in range(rate.times or 0):
        verdict, full_at = decide(full_at, NOW, rate)
        allowed += verdict.allowed
    assert allowed == rate.times
    assert not decide(full_at, NOW, rate)[0].allowed


@settings(deadline=None)
@given(rate=rates, steps=st.lists(waits, min_size=1, max_size=80))
def test_within_any_window_no_more_than_twice_the_limit_and_over_time_no_more_than_the_limit(
    rate: Rate, steps: list[int]
) -> None:
    assert rate.times
    now, full_at, taken = NOW, None, list[int]()
    for wait in steps:
        now += wait
        verdict, full_at = decide(full_at, now, rate)
        taken += [now] if verdict.allowed else []
    window = rate.seconds * SECOND
    for first in taken:
        assert sum(first <= one < first + window for one in taken) <= 2 * rate.times
    windows_passed = (taken[-1] - taken[0]) // (window // rate.times * rate.times) + 1
    assert len(taken) <= rate.times * (windows_passed + 1)


@settings(deadline=None)
@given(rate=rates, steps=st.lists(waits, max_size=60))
def test_whoever_waits_as_long_as_told_is_allowed_and_a_second_less_is_too_early(rate: Rate, steps: list[int]) -> None:
    now, full_at = NOW, None
    for wait in [*steps, *[0] * ((rate.times or 0) + 1)]:
        now += wait
        verdict, full_at = decide(full_at, now, rate)
    assert not verdict.allowed
    assert decide(full_at, now + verdict.retry_after * SECOND, rate)[0].allowed
    assert not decide(full_at, now + (verdict.retry_after - 1) * SECOND, rate)[0].allowed


@settings(deadline=None)
@given(rate=rates, counted=st.none() | st.integers(-(10**12), 86400 * SECOND), later=waits)
def test_waiting_never_takes_an_allowance_away(rate: Rate, counted: int | None, later: int) -> None:
    full_at = None if counted is None else NOW + min(counted, rate.seconds * SECOND)
    if decide(full_at, NOW, rate)[0].allowed:
        assert decide(full_at, NOW + later, rate)[0].allowed


@settings(deadline=None)
@given(rate=rates, ahead=st.integers(61, 10**6))
def test_what_a_clock_that_was_ahead_counted_is_not_counted_for_longer_than_the_limit_says(
    rate: Rate, ahead: int
) -> None:
    """Set back by an hour or a day, everything was refused until the clock had caught up."""
    full_at, there = None, NOW + (rate.seconds + ahead) * SECOND
    for _ in range(rate.times or 0):
        _, full_at = decide(full_at, there, rate)
    assert decide(full_at, NOW, rate)[0].allowed
    assert decide(NOW + (rate.seconds + 60) * SECOND, NOW, rate)[0].retry_after <= rate.seconds + 60


@pytest.mark.parametrize("hours", [1, 2, 25])
def test_a_clock_set_back_refuses_nobody(database: Database, hours: int) -> None:
    limits, clock = Limits(SECRET), HeldClock()
    now, ahead = clock.now, clock.move(hours=hours, seconds=61)
    with database.writing() as session:
        assert [limits.spend(session, FIVE_AN_HOUR, "alice", ahead).allowed for _ in range(6)] == [True] * 5 + [False]
        assert limits.peek(session, FIVE_AN_HOUR, "alice", now).allowed
        assert [limits.spend(session, FIVE_AN_HOUR, "alice", now).allowed for _ in range(6)] == [True] * 5 + [False]


def test_hosts_whose_clocks_differ_by_seconds_share_what_is_left(database: Database) -> None:
    limits = Limits(SECRET)
    assert spend_all(limits, database, "alice")[-1] is False
    with database.writing() as session:
        assert not limits.spend(session, FIVE_AN_HOUR, "alice", NOON - timedelta(seconds=59)).allowed


def test_many_subjects_are_counted_in_one_statement_as_each_would_be(database: Database) -> None:
    limits = Limits(SECRET)
    spend_all(limits, database, "alice")
    with database.writing() as session, listening(session) as asked:
        for left in (["bob", "carol"], ["carol"]):
            counted = limits.spend_for_each(session, FIVE_AN_HOUR, ["alice", *left], NOON)
            assert counted == set(left)
        assert limits.spend_for_each(session, FIVE_AN_HOUR, [], NOON) == set()
        assert limits.spend_for_each(session, Limit("off", Rate(None, 1)), ["alice"], NOON) == {"alice"}
    assert len(asked) == 2
    with database.writing() as session:
        allowed = [limits.spend(session, FIVE_AN_HOUR, "carol", NOON).allowed for _ in range(4)]
    assert allowed == [True] * 3 + [False]


def test_of_several_limits_one_event_counts_against_each_or_against_none(database: Database) -> None:
    limits, each, both = Limits(SECRET), Limit("each", Rate(2, 3600)), Limit("both", Rate(3, 3600))
    with database.writing() as session:
        verdicts = [limits.spend_all(session, [(both, "all"), (each, "alice")], NOON) for _ in range(4)]
        assert [verdict.allowed for verdict in verdicts] == [True, True, False, False]
        assert verdicts[-1].retry_after == 1800
        assert limits.spend_all(session, [(both, "all"), (each, "bob")], NOON).allowed
        assert not limits.spend_all(session, [(both, "all"), (each, "bob")], NOON).allowed
        assert limits.spend(session, each, "bob", NOON).allowed


@pytest.mark.parametrize("seed", range(6))
def test_the_database_decides_as_the_rule_does(database: Database, seed: int) -> None:
    chance, clock, limits = random.Random(seed), HeldClock(), Limits(SECRET)
    limit = Limit("random", Rate(chance.randint(1, 6), chance.choice([1, 60, 3600])))
    longest = 2 * limit.rate.seconds / (limit.rate.times or 1)
    expected: dict[str, int | None] = {"alice": None, "bob": None}
    with database.writing() as session:
        for _ in range(60):
            subject = chance.choice(list(expected))
            steps = [0, 0, 0.000001, chance.uniform(-0.2, 1) * longest, chance.choice([-1, 1]) * 5000]
            now = clock.move(seconds=chance.choice(steps))
            verdict, full_at = decide(expected[subject], microseconds(now), limit.rate)
            assert limits.spend(session, limit, subject, now) == verdict
            expected[subject] = full_at if verdict.allowed else expected[subject]
            key = limits.key(limit, subject)
            assert session.scalar(select(Allowance.full_at).where(Allowance.key == key)) == expected[subject]


def spend_all(limits: Limits, database: Database, subject: str, limit: Limit = FIVE_AN_HOUR) -> list[bool]:
    with database.writing() as session:
        return [limits.spend(session, limit, subject, NOON).allowed for _ in range(6)]


def kept(database: Database) -> list[Allowance]:
    with database.reading() as session:
        return list(session.scalars(select(Allowance)))


def test_the_limit_is_reached_and_says_when_to_come_back(database: Database) -> None:
    limits, clock = Limits(SECRET), HeldClock()
    assert spend_all(limits, database, "alice") == [True] * 5 + [False]
    with database.writing() as session:
        refused = limits.spend(session, FIVE_AN_HOUR, "alice", clock.now)
        assert refused == Verdict(allowed=False, retry_after=720)
        assert limits.spend(session, FIVE_AN_HOUR, "alice", clock.move(seconds=719)).retry_after == 1
        assert limits.spend(session, FIVE_AN_HOUR, "alice", clock.move(seconds=1)).allowed


def test_refused_events_are_not_counted(database: Database) -> None:
    limits = Limits(SECRET)
    spend_all(limits, database, "alice")
    [before] = kept(database)
    spend_all(limits, database, "alice")
    [after] = kept(database)
    assert after.full_at == before.full_at == microseconds(NOON) + 5 * STEP


def test_a_limit_that_is_off_keeps_no_row(database: Database) -> None:
    assert spend_all(Limits(SECRET), database, "alice", Limit("off", Rate(None, 1))) == [True] * 6
    assert kept(database) == []


def test_subjects_and_limits_are_counted_apart(database: Database) -> None:
    limits = Limits(SECRET)
    spend_all(limits, database, "alice")
    assert spend_all(limits, database, "bob")[0]
    assert spend_all(limits, database, "alice", Limit("sign-in per identifier", Rate(1, 3600)))[0]
    assert len(kept(database)) == 3


def test_a_name_and_a_subject_that_run_together_are_not_mistaken_for_another_pair() -> None:
    limits, rate = Limits(SECRET), Rate(1, 1)
    assert limits.key(Limit("ab", rate), "c") != limits.key(Limit("a", rate), "bc")


def test_the_table_does_not_say_who_was_here(database: Database) -> None:
    limits = Limits(SECRET)
    spend_all(limits, database, "alice@example.com")
    [row] = kept(database)
    assert "alice" not in row.key
    assert len(row.key) == 43
    assert row.key == limits.key(FIVE_AN_HOUR, "alice@example.com")
    assert row.key != Limits(SECRET + b"!").key(FIVE_AN_HOUR, "alice@example.com")


def test_processes_with_the_same_key_share_a_limit(database: Database, database_url: str) -> None:
    spend_all(Limits(SECRET), database, "alice")
    elsewhere = Database(database_url)
    assert spend_all(Limits(SECRET), elsewhere, "alice") == [False] * 6
    elsewhere.close()


def test_a_look_says_what_the_next_would_get_and_counts_nothing(database: Database) -> None:
    limits = Limits(SECRET)
    with database.reading() as session:
        assert limits.peek(session, FIVE_AN_HOUR, "alice", NOON) == ALLOWED
    spend_all(limits, database, "alice")
    with database.reading() as session:
        looks = [limits.peek(session, FIVE_AN_HOUR, "alice", NOON) for _ in range(2)]
        assert looks == [Verdict(allowed=False, retry_after=720)] * 2
        assert limits.peek(session, FIVE_AN_HOUR, "alice", NOON + timedelta(minutes=12)) == ALLOWED
        assert limits.peek(session, FIVE_AN_HOUR, "bob", NOON) == ALLOWED


def test_what_is_undone_is_not_counted(database: Database) -> None:
    limits = Limits(SECRET)
    with database.writing() as session:
        limits.spend(session, FIVE_AN_HOUR, "alice", NOON)
        session.rollback()
    assert kept(database) == []


def test_what_is_given_back_may_happen_again_and_no_more_than_that(database: Database) -> None:
    limits = Limits(SECRET)
    assert spend_all(limits, database, "alice") == [True] * 5 + [False]
    with database.writing() as session:
        limits.give_back(session, FIVE_AN_HOUR, "alice")
        limits.give_back(session, FIVE_AN_HOUR, "nobody")
    assert spend_all(limits, database, "alice") == [True] + [False] * 5
    assert [row.key for row in kept(database)] == [limits.key(FIVE_AN_HOUR, "alice")]


def test_giving_back_where_there_is_no_limit_does_nothing(database: Database) -> None:
    with database.writing() as session:
        Limits(SECRET).give_back(session, Limit("sign-ins", Rate(None, 1)), "alice")
    assert kept(database) == []


def test_only_rows_whose_allowance_is_whole_again_are_forgotten(database: Database) -> None:
    limits, whole_again = Limits(SECRET), NOON + timedelta(hours=1)
    spend_all(limits, database, "alice")
    with database.writing() as session:
        limits.spend(session, FIVE_AN_HOUR, "bob", NOON)
        assert delete_full(session, Ages(NOON, NO_TIME)) == 0
        assert delete_full(session, Ages(NOON + timedelta(minutes=13), NO_TIME)) == 1
        assert session.scalars(select(Allowance.key)).all() == [limits.key(FIVE_AN_HOUR, "alice")]
        assert delete_full(session, Ages(whole_again, NO_TIME)) == 0
        assert delete_full(session, Ages(whole_again + timedelta(seconds=1), NO_TIME)) == 1
        assert session.scalar(select(func.count()).select_from(Allowance)) == 0


def test_an_allowance_that_was_used_up_is_whole_after_its_time(database: Database) -> None:
    limits = Limits(SECRET)
    with database.writing() as session:
        limits.spend(session, FIVE_AN_HOUR, "alice", NOON)
        limits.use_up(session, FIVE_AN_HOUR, "alice", NOON)
        limits.use_up(session, FIVE_AN_HOUR, "bob", NOON)
        for name in ("alice", "bob"):
            assert limits.spend(session, FIVE_AN_HOUR, name, NOON) == Verdict(allowed=False, retry_after=720)
            assert limits.spend(session, FIVE_AN_HOUR, name, NOON + timedelta(minutes=12)).allowed
        limits.use_up(session, Limit("off", Rate(None, 1)), "alice", NOON)
        assert session.scalar(select(func.count()).select_from(Allowance)) == 2
