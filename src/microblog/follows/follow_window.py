"""The ten minutes whose new followers one email names."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement

from microblog.follows.models import Follow

WINDOW = timedelta(minutes=10)  # who follows somebody within as long stands in one email
SLACK = timedelta(minutes=1)  # between following and queueing; whoever was named already is named once
AT_THE_SAME_TIME = 10_000  # follows, of all members: of two that are made at once the later number may be there first


def end_of_window(account_id: int, now: datetime) -> datetime:
    """Return when the email leaves that names those who follow a member now: at moments that differ between members."""
    length = int(WINDOW.total_seconds())
    offset = account_id * 37 % length
    began = (int(now.timestamp()) - offset) // length
    return datetime.fromtimestamp((began + 1) * length + offset, UTC)


def follows_in_window(account_id: int, first_follow_id: int, queued_at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the follows an email is about: all since its window began."""
    began = end_of_window(account_id, queued_at) - WINDOW - SLACK
    # The number bounds the search in the index of a member whom a million follow.
    return Follow.since >= began, Follow.id >= first_follow_id - AT_THE_SAME_TIME
