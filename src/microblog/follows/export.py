"""The members that a member follows, in their download."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.exports import BATCH, ExportPart, Row
from microblog.follows.models import Follow
from microblog.identity import username_of


def follows_after(session: Session, account_id: int, after: int) -> Sequence[tuple[int, Row]]:
    """Return some of whom a member follows beyond a number, those followed longest first."""
    columns = select(Follow.id, Follow.since, username_of(Follow.followed_id).label("username"))
    theirs = columns.where(Follow.follower_id == account_id, Follow.id > after).order_by(Follow.id)
    found = session.execute(theirs.limit(BATCH))
    return [(row.id, {"username": row.username, "since": row.since}) for row in found]


EXPORTERS: tuple[ExportPart, ...] = (ExportPart("follows", follows_after),)
