"""The waits before the next try."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.mail.backoff import (
    RETRY_WAITS,
    SELDOM,
    SERVER_PAUSES,
    SOON,
    last_call,
    refused_sending_wait,
    retry_wait,
    server_pause,
)
from support.clock import NOON

CHANCE = st.floats(0, 1)
TRIES = st.integers(1, 1000)


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 10), (2, 30), (3, 60), (4, 120), (5, 300), (6, 600), (7, 1200), (8, 1800), (9, 3600), (10, 3600), (99, 3600)],
)
def test_an_email_waits_longer_after_each_try_and_never_much_over_an_hour(tries: int, seconds: int) -> None:
    assert retry_wait(tries, 0.5).total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 1), (2, 2), (3, 5), (4, 10), (5, 20), (6, 30), (7, 30), (99, 30)]
)
def test_a_server_is_left_alone_longer_after_each_failure_and_never_over_half_a_minute_or_so(
    failures: int, seconds: int
) -> None:
    assert server_pause(failures, 0.5).total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.8), (0.25, 0.9), (0.5, 1.0), (1.0, 1.2)])
def test_chance_moves_a_wait_by_a_fifth_at_the_most(chance: float, share: float) -> None:
    assert retry_wait(3, chance).total_seconds() == pytest.approx(60 * share)
    assert server_pause(6, chance).total_seconds() == pytest.approx(30 * share)


@given(TRIES, CHANCE)
def test_no_wait_is_ever_negative_or_without_bound(tries: int, chance: float) -> None:
    assert timedelta(seconds=8) <= retry_wait(tries, chance) <= timedelta(seconds=1.2 * RETRY_WAITS[-1])
    assert timedelta(seconds=0.8) <= server_pause(tries, chance) <= timedelta(seconds=1.2 * SERVER_PAUSES[-1])


@given(TRIES, CHANCE)
def test_another_try_never_shortens_the_wait(tries: int, chance: float) -> None:
    assert retry_wait(tries + 1, chance) >= retry_wait(tries, chance)
    assert server_pause(tries + 1, chance) >= server_pause(tries, chance)


@pytest.mark.parametrize(
    ("tries", "named", "seconds"),
    [
        (1, 300, 300),  # longer than ours: the server's word counts
        (1, 5, 10),  # shorter: ours
        (5, 300, 300),
        (9, 60, 3600),
        (1, 0, 10),
        (1, None, 10),
        (1, 3600, 3600),
        (1, 7 * 86400, 3600),  # a whole week is not believed
        (1, -300, 10),
    ],
)
def test_a_wait_the_server_named_is_kept_where_it_is_longer_up_to_an_hour(
    tries: int, named: int | None, seconds: int
) -> None:
    assert retry_wait(tries, 0.5, named).total_seconds() == pytest.approx(seconds)


@given(TRIES, CHANCE, st.integers(0, 10**6))
def test_a_named_wait_never_shortens_ours_and_never_goes_past_the_bound(tries: int, chance: float, named: int) -> None:
    wait = retry_wait(tries, chance, named)
    assert retry_wait(tries, chance) <= wait <= timedelta(seconds=1.2 * RETRY_WAITS[-1])
    assert wait >= timedelta(seconds=min(named, RETRY_WAITS[-1]))


@pytest.mark.parametrize(
    ("age", "expected"),
    [(timedelta(0), SOON), (timedelta(minutes=1), timedelta(seconds=15)), (timedelta(hours=5), SELDOM)],
)
def test_an_email_we_may_not_send_is_tried_less_often_the_older_it_is(age: timedelta, expected: timedelta) -> None:
    assert refused_sending_wait(age) == expected


@pytest.mark.parametrize(
    ("planned", "deadline", "expected"),
    [(60, 600, 60), (599, 600, 599), (600, 600, 570), (9999, 600, 570), (60, 31, 1), (60, 30, 30), (60, 20, 20)],
)
def test_a_try_planned_beyond_the_deadline_comes_shortly_before_it_and_then_the_end(
    planned: int, deadline: int, expected: int
) -> None:
    at = [NOON + timedelta(seconds=seconds) for seconds in (planned, deadline, expected)]
    assert last_call(at[0], NOON, at[1]) == at[2]
