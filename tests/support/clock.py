"""A clock that tests hold."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class HeldClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = NOON) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        """Go on by so many `seconds`, `minutes`, `hours` or `days`, and return the new time."""
        self.now += timedelta(**by)
        return self.now
