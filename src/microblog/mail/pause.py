"""Leaving a mail server alone that is in trouble. Moments here are seconds of a steady clock, which nobody sets."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from microblog.mail.waits import server_pause

A_MOMENT = 0.001  # seconds


@dataclass(frozen=True)
class Trouble:
    """What a mail server that cannot be used last said, and for how many seconds no email could be handed over."""

    words: str
    seconds: float


@dataclass
class Pause:
    """A server in trouble is left alone until then; how often it failed in a row, since when, and what it last said."""

    until: float | None = None
    failures: int = 0
    words: str | None = None
    began: float = 0.0

    def begins(self, now: float, words: str) -> timedelta:
        """Count one more failure and return how long the server is left alone."""
        self.began = self.began if self.failures else now
        self.failures += 1
        self.words = words
        pause = server_pause(self.failures, random.random())  # noqa: S311 - spreading load, keeping no secret
        self.until = now + pause.total_seconds()
        return pause

    def holds(self, now: float) -> bool:
        """Tell whether it is still too early, by more than a clock can show."""
        return self.left(now) > A_MOMENT

    def left(self, now: float) -> float:
        """Return for how many seconds it is still too early."""
        return max(0.0, self.until - now) if self.until is not None else 0.0


def trouble_of(pauses: Sequence[Pause], worked_at: float, now: float) -> Trouble | None:
    """Return the trouble of a worker with several connections, the last of which worked at a moment.

    One that cannot be opened is no reason to call for help while another delivers.
    """
    failing = [pause for pause in pauses if pause.words]
    if not failing:
        return None
    first = min(failing, key=lambda pause: pause.began)
    return Trouble(first.words or "", max(0.0, now - max(first.began, worked_at)))
