"""A member's own posts, to take along."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.posts.models import Post

BATCH = 500


def rows_for_download(session: Session, account_id: int, after: int) -> Sequence[tuple[int, dict[str, Any]]]:
    """Return some of the posts of a member beyond a number, the oldest first, each with its number."""
    columns = select(Post.id, Post.created_at, Post.text)
    theirs = columns.where(Post.author_id == account_id, Post.id > after, Post.deleted_at.is_(None))
    found = session.execute(theirs.order_by(Post.id).limit(BATCH))
    return [(post.id, {"at": post.created_at, "text": post.text}) for post in found]
