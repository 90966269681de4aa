"""A clock that tests hold."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class HeldClock:
    """Stands still until it is moved. When it is moved time passes; when it is set, only what it shows is another."""

    def __init__(self, start: datetime = NOON) -> None:
        self.now = self._passed_since = start

    def __call__(self) -> datetime:
        return self.now

    def steady(self) -> float:
        """Return the seconds that have passed, whatever the clock was set to."""
        return (self.now - self._passed_since).total_seconds()

    def set(self, **by: float) -> datetime:
        """Set the clock forward or, by less than nothing, back, without any time passing."""
        self._passed_since += timedelta(**by)
        return self.move(**by)

    def move(self, **by: float) -> datetime:
        """Go on by so many `seconds`, `minutes`, `hours` or `days`, and return the new time."""
        self.now += timedelta(**by)
        return self.now
