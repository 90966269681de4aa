"""Backoff: the wait before the next attempt. Pure functions; the randomness is an argument."""

from datetime import datetime, timedelta

RETRY_WAITS = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600)  # seconds; the last one repeats
SERVER_PAUSES = (1, 2, 5, 10, 20, 30)
JITTER = 0.2
SOON, SELDOM = timedelta(seconds=5), timedelta(minutes=10)
LAST_CALL = timedelta(seconds=30)
LONGEST_WAIT = timedelta(seconds=RETRY_WAITS[-1] * (1 + JITTER))  # of all there are


def retry_wait(tries: int, chance: float, named: int | None = None) -> timedelta:
    """Return the wait after that many tries (from 1), moved by up to a fifth so that emails do not march in step.

    `chance` is from 0 to 1. A time the server named is kept where it is longer, up to an hour.
    """
    wait = RETRY_WAITS[min(tries, len(RETRY_WAITS)) - 1] * jitter(chance)
    return timedelta(seconds=max(wait, min(named or 0, RETRY_WAITS[-1])))


def refused_sending_wait(age: timedelta) -> timedelta:
    """Return how long an email waits that old, for which the server would not have us send; others go on meanwhile."""
    return min(max(age / 4, SOON), SELDOM)


def last_call(due_at: datetime, now: datetime, deadline: datetime) -> datetime:
    """Return when an email is tried next: as planned, but once more just before its deadline, and then at its end."""
    if due_at < deadline:
        return due_at
    last = deadline - LAST_CALL
    return last if last > now else deadline


def server_pause(failures: int, chance: float) -> timedelta:
    """Return how long a server that failed that many times in a row (from 1) is left alone."""
    return timedelta(seconds=SERVER_PAUSES[min(failures, len(SERVER_PAUSES)) - 1] * jitter(chance))


def jitter(chance: float) -> float:
    """Return a random factor around 1."""
    return 1 - JITTER + 2 * JITTER * chance
