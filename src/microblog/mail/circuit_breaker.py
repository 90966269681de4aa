"""A circuit breaker: pauses delivery while the mail server is in trouble.

Moments here are seconds of a steady clock, which nobody sets.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from microblog.mail.backoff import server_pause

A_MOMENT = 0.001  # seconds


@dataclass(frozen=True)
class Trouble:
    """The last response of a mail server in trouble, and for how many seconds no email could be sent."""

    words: str
    seconds: float


@dataclass
class CircuitBreaker:
    """Open until then: how often the server failed in a row, since when, and what it last said."""

    until: float | None = None
    failures: int = 0
    words: str | None = None
    began: float = 0.0

    def open(self, now: float, words: str) -> timedelta:
        """Count one more failure and return how long the server is left alone."""
        self.began = self.began if self.failures else now
        self.failures += 1
        self.words = words
        pause = server_pause(self.failures, random.random())  # noqa: S311 - spreading load, keeping no secret
        self.until = now + pause.total_seconds()
        return pause

    def is_open(self, now: float) -> bool:
        """Tell whether it is still too early, by more than a clock can show."""
        return self.seconds_left(now) > A_MOMENT

    def seconds_left(self, now: float) -> float:
        """Return for how many seconds it is still too early."""
        return max(0.0, self.until - now) if self.until is not None else 0.0


def trouble_of(breakers: Sequence[CircuitBreaker], worked_at: float, now: float) -> Trouble | None:
    """Return the trouble of a worker with several connections, the last of which worked at a moment.

    One that cannot be opened is no reason to call for help while another delivers.
    """
    failing = [breaker for breaker in breakers if breaker.words]
    if not failing:
        return None
    first = min(failing, key=lambda breaker: breaker.began)
    return Trouble(first.words or "", max(0.0, now - max(first.began, worked_at)))
