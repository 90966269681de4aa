"""Retention of deleted posts."""

from datetime import timedelta

from sqlalchemy.orm import Session

from microblog.posts.erasure import erase_deleted
from microblog.posts.models import Post
from microblog.retention import NO_TIME, Ages, ClockBound, RetentionRule

KEPT_FOR = timedelta(hours=1)  # after its deletion


def delete_old_posts(session: Session, ages: Ages) -> int:
    """Delete some posts whose authors deleted them long enough ago."""
    return erase_deleted(session, ages.now - KEPT_FOR)


RETENTION: tuple[RetentionRule, ...] = (delete_old_posts,)
CLOCK_BOUNDS: tuple[ClockBound, ...] = ((Post.deleted_at, NO_TIME),)
