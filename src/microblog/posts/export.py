"""The posts of a member, in their download."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.exports import BATCH, ExportPart, Row
from microblog.posts.models import Post


def posts_after(session: Session, account_id: int, after: int) -> Sequence[tuple[int, Row]]:
    """Return some of the posts of a member beyond a number, the oldest first, each with its number."""
    columns = select(Post.id, Post.created_at, Post.text)
    theirs = columns.where(Post.author_id == account_id, Post.id > after, Post.deleted_at.is_(None))
    found = session.execute(theirs.order_by(Post.id).limit(BATCH))
    return [(post.id, {"at": post.created_at, "text": post.text}) for post in found]


EXPORTERS: tuple[ExportPart, ...] = (ExportPart("posts", posts_after),)
