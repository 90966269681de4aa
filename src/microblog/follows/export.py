"""Whom a member follows, to take along."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.follows.models import Follow
from microblog.identity import username_of

BATCH = 500


def rows_for_download(session: Session, account_id: int, after: int) -> Sequence[tuple[int, dict[str, Any]]]:
    """Return some of whom a member follows beyond a number, those followed longest first."""
    columns = select(Follow.id, Follow.since, username_of(Follow.followed_id).label("username"))
    theirs = columns.where(Follow.follower_id == account_id, Follow.id > after).order_by(Follow.id)
    found = session.execute(theirs.limit(BATCH))
    return [(row.id, {"username": row.username, "since": row.since}) for row in found]
