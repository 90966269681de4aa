"""The source of time. Everything below the interfaces is given `now`."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

ASK_EVERY = 60.0  # seconds; the drift of a quartz clock in a minute is negligible
ASK_AGAIN = 5.0  # seconds, after a query that failed
JUMP = timedelta(seconds=1)  # more means that this computer slept, or its clock was set
SKEW = timedelta(minutes=1)  # clocks of one site differ by no more: a later moment was written by one that was ahead
AGREE = 600.0  # seconds; a clock that is wrong for longer is believed
SAMPLE = 5.0  # seconds between two readings that are kept
LEAST, MOST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """A source of the current time; tests use one that they set."""

    def __call__(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


MonotonicTime = Callable[[], float]
"""Seconds from an arbitrary start that no change of the clock affects, for waits inside a process."""


@runtime_checkable
class MonotonicClock(Protocol):
    """A clock with a monotonic time of its own, as tests use."""

    def steady(self) -> float:
        """Return the monotonic time, in seconds."""
        ...


def monotonic_of(clock: Clock) -> MonotonicTime:
    """Return the monotonic time that goes with a clock."""
    return clock.steady if isinstance(clock, MonotonicClock) else time.monotonic


def system_clock() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Agreed:
    """Bounds of the current time: all readings over some minutes agree that it lies between `least` and `most`."""

    least: datetime = LEAST
    most: datetime = MOST

    @property
    def settled(self) -> bool:
        """Return False until there are enough readings to tell; then the bounds exclude nothing."""
        return self.least > LEAST


class Agreement:
    """Compares readings of a clock over some minutes, to be sure of the time before anything irreversible.

    A clock that is wrong for a minute, such as that of a host that just woke up, must not expire anything for good.
    """

    def __init__(self, clock: Clock) -> None:
        """Take the first reading."""
        self._clock, self._steady = clock, monotonic_of(clock)
        self._guard = threading.Lock()
        self._readings: deque[tuple[float, datetime]] = deque()
        self()

    def __call__(self) -> Agreed:
        """Take another reading, and return the bounds that all readings agree on."""
        with self._guard:
            at, now = self._steady(), self._clock()
            if len(self._readings) > 1 and at - self._readings[-2][0] < SAMPLE:
                self._readings.pop()  # one for each few seconds is enough; the last is always this moment's
            self._readings.append((at, now))
            while len(self._readings) > 1 and at - self._readings[1][0] >= AGREE:
                self._readings.popleft()
            if at - self._readings[0][0] < AGREE:
                return Agreed()
            moments = [moment + timedelta(seconds=at - taken) for taken, moment in self._readings]
            return Agreed(min(moments), max(moments))


class SharedClock:
    """A clock that all hosts of a site share: the time of one authority, queried each minute and extrapolated between.

    The clocks of unattended hosts differ by minutes; leases and links must not.
    """

    def __init__(self, ask: Callable[[], datetime], own: Clock = system_clock) -> None:
        self._ask = ask
        self._own = own
        self._asking = threading.Lock()
        self._good_for = ASK_EVERY
        self._set()

    def __call__(self) -> datetime:
        """Return the current time. While the authority does not answer, its last answer is extrapolated."""
        gone = time.monotonic() - self._asked_at
        slept = abs((self._own() - self._own_then) - timedelta(seconds=gone)) > JUMP
        if (gone > self._good_for or slept) and self._asking.acquire(blocking=False):
            try:
                self._set()
            except Exception:  # noqa: BLE001 - whatever keeps it from answering is reported by those who need more of it
                self._good_for = gone + ASK_AGAIN
            finally:
                self._asking.release()
        return self._then + timedelta(seconds=time.monotonic() - self._asked_at)

    def _set(self) -> None:
        before = time.monotonic()
        answer = self._ask()
        after = time.monotonic()
        self._then, self._asked_at, self._own_then = answer, (before + after) / 2, self._own()
        self._good_for = ASK_EVERY
