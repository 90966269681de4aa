"""The one place that knows what time it is. Everything below a front door is given `now`."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; tests hold one that stands still."""

    def __call__(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


def system_clock() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
