"""The one place that knows what time it is. Everything below a front door is given `now`."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

ASK_EVERY = 60.0  # seconds; what quartz drifts in a minute is nothing
ASK_AGAIN = 5.0  # seconds, after an asking that failed
JUMP = timedelta(seconds=1)  # this computer slept, or its clock was set
SKEW = timedelta(minutes=1)  # clocks of one site differ by no more: a later moment was written by one that was ahead
AGREE = 600.0  # seconds; a clock that is wrong for longer is believed
SAMPLE = 5.0  # seconds between two readings that are kept
LEAST, MOST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time; tests hold one that stands still."""

    def __call__(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


Steady = Callable[[], float]
"""Seconds that pass evenly whatever is done to the clock, for waits inside a process. They begin anywhere."""


@runtime_checkable
class Measuring(Protocol):
    """A clock that measures waits, too: one that tests hold."""

    def steady(self) -> float:
        """Return seconds that pass evenly."""
        ...


def steady_of(clock: Clock) -> Steady:
    """Return what to measure waits by beside a clock."""
    return clock.steady if isinstance(clock, Measuring) else time.monotonic


def system_clock() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Agreed:
    """What readings of a clock over some minutes agree on: it is not earlier than `least`, nor later than `most`."""

    least: datetime = LEAST
    most: datetime = MOST

    @property
    def settled(self) -> bool:
        """False while there are not enough readings; then nothing is sure to have passed, or to lie ahead."""
        return self.least > LEAST


class Agreement:
    """Tells what readings of a clock some minutes apart agree on, for what cannot be undone.

    A clock that was wrong for a minute, such as that of a host that just woke, must end nothing for good.
    """

    def __init__(self, clock: Clock) -> None:
        """Take the first reading."""
        self._clock, self._steady = clock, steady_of(clock)
        self._guard = threading.Lock()
        self._readings: deque[tuple[float, datetime]] = deque()
        self()

    def __call__(self) -> Agreed:
        """Take one more reading, and return what all of them agree on."""
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
    """The time that all hosts of one site agree on: some common authority's, asked now and then and carried on between.

    Hosts' own clocks differ, by minutes where nobody looks after them, and leases and links must not.
    """

    def __init__(self, ask: Callable[[], datetime], own: Clock = system_clock) -> None:
        self._ask = ask
        self._own = own
        self._asking = threading.Lock()
        self._good_for = ASK_EVERY
        self._set()

    def __call__(self) -> datetime:
        """Return the present moment. When the authority does not answer, the last answer is carried on."""
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
