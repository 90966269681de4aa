"""Suggestions of members to follow, for a home that is still empty."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microblog.follows import Follow, FollowCount
from microblog.identity import Account, is_visible
from microblog.posts import Post

RECENT = 300  # posts, of all there are: whoever wrote one of them is here these days


@dataclass(frozen=True)
class Suggestion:
    """A member somebody might like to follow."""

    account_id: int
    username: str
    followers: int


def whom_to_follow(session: Session, account_id: int, most: int = 5) -> Sequence[Suggestion]:
    """Suggest members who posted lately and whom a member does not follow yet, those with most followers first."""
    recent = select(Post.id, Post.author_id).where(Post.deleted_at.is_(None)).order_by(Post.id.desc()).limit(RECENT)
    lately = recent.subquery()
    authors = select(lately.c.author_id.label("id"), func.max(lately.c.id).label("last")).group_by(lately.c.author_id)
    writing = authors.subquery()
    followed = select(Follow.id).where(Follow.follower_id == account_id, Follow.followed_id == writing.c.id).exists()
    followers = func.coalesce(FollowCount.followers, 0)
    found = (
        select(Account.id, Account.username, followers)
        .select_from(writing)
        .join(Account, Account.id == writing.c.id)
        .outerjoin(FollowCount, FollowCount.account_id == writing.c.id)
        .where(Account.id != account_id, is_visible(Account), ~followed)
        .order_by(followers.desc(), writing.c.last.desc())
        .limit(most)
    )
    return [Suggestion(*row) for row in session.execute(found)]
