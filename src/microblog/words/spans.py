"""Spans of time in words."""


def wait_in_words(seconds: object) -> str:
    """Return a wait as a person would say it, rounded up."""
    if not isinstance(seconds, int) or seconds < 1:
        return "a little"
    if seconds <= 90:  # noqa: PLR2004
        return f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes <= 90 else f"{-(-minutes // 60)} hours"  # noqa: PLR2004
