"""Leaving a mail server alone that is in trouble."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.mail.waits import server_pause


@dataclass
class Pause:
    """A server in trouble is left alone until then; how often it failed in a row, and what it last said."""

    until: datetime | None = None
    failures: int = 0
    words: str | None = None

    def begins(self, now: datetime, words: str) -> timedelta:
        """Count one more failure and return how long the server is left alone."""
        self.failures += 1
        self.words = words
        pause = server_pause(self.failures, random.random())  # noqa: S311 - spreading load, keeping no secret
        self.until = now + pause
        return pause

    def holds(self, now: datetime) -> bool:
        """Tell whether it is still too early."""
        return self.until is not None and now < self.until
