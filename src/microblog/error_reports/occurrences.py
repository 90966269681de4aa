"""Occurrence counts of an error, in numbers and in words."""

from dataclasses import dataclass
from datetime import UTC, datetime

from microblog.error_reports.models import ErrorReport


@dataclass(frozen=True)
class Occurrences:
    """The number of times an error happened: in all, and since the administrators were last told."""

    times: int
    first_at: datetime
    untold: int
    told_at: datetime | None

    @property
    def words(self) -> str:
        """Say it in words."""
        if self.times == 1:
            return "for the first time"
        words = f"{self.times} times since {in_words(self.first_at)}"
        return f"{words}, {self.untold} of them after {in_words(self.told_at)}" if self.told_at else words


def occurrences_of(report: ErrorReport) -> Occurrences:
    """Return how often an error happened."""
    told_at = report.told_at if report.times > report.untold else None
    return Occurrences(report.times, report.first_at, report.untold, told_at)


def in_words(when: datetime) -> str:
    """Say a moment in words."""
    return when.astimezone(UTC).strftime("%H:%M UTC on %-d %B %Y")
