"""When a mail server that cannot be used is trouble for all emails, and since when."""

import pytest

from microblog.mail.circuit_breaker import CircuitBreaker, Trouble, trouble_of


def paused(words: str, began: float) -> CircuitBreaker:
    pause = CircuitBreaker()
    pause.open(began, words)
    return pause


def test_a_pause_ends_by_itself_and_counts_from_its_first_failure() -> None:
    pause = paused("421 busy", 100.0)
    assert pause.is_open(100.5)
    assert not pause.is_open(102.0)
    pause.open(102.0, "421 still busy")
    assert (pause.failures, pause.began, pause.words) == (2, 100.0, "421 still busy")


@pytest.mark.parametrize(
    ("pauses", "worked_at", "trouble"),
    [
        ([], float("-inf"), None),
        ([CircuitBreaker(), CircuitBreaker()], 150.0, None),
        ([paused("421 busy", 100.0)], float("-inf"), Trouble("421 busy", 100.0)),
        ([CircuitBreaker(), paused("421 busy", 100.0)], 50.0, Trouble("421 busy", 100.0)),
        ([paused("second", 150.0), paused("first", 120.0)], 50.0, Trouble("first", 80.0)),
        (
            [CircuitBreaker(), paused("421 too many connections", 100.0)],
            199.0,
            Trouble("421 too many connections", 1.0),
        ),
    ],
)
def test_trouble_is_what_no_connection_has_got_over(
    pauses: list[CircuitBreaker], worked_at: float, trouble: Trouble | None
) -> None:
    assert trouble_of(pauses, worked_at, 200.0) == trouble
