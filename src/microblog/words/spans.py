"""Spans of time and numbers in words."""

from datetime import timedelta

UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def wait_in_words(seconds: object) -> str:
    """Return a wait as a person would say it, rounded up."""
    if not isinstance(seconds, int) or seconds < 1:
        return "a little"
    if seconds <= 90:  # noqa: PLR2004
        return f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes <= 90 else f"{-(-minutes // 60)} hours"  # noqa: PLR2004


def ago(span: timedelta) -> str:
    """Say how long a span is, in its largest unit, rounded down: "3 minutes"."""
    for unit, name in UNITS:
        if span >= unit:
            return counted(span // unit, name)
    return counted(max(0, int(span.total_seconds())), "second")


def counted(number: int, name: str) -> str:
    """Put a number before a noun."""
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
