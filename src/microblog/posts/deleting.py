"""Deleting one's own post, and restoring it for a while."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from microblog.context import Context
from microblog.posts.errors import NoSuchPost, NotYours, TooLate
from microblog.posts.models import Post

TAKE_BACK_WITHIN = timedelta(seconds=60)
WITHOUT_SESSION = {"synchronize_session": False}


def delete_post(context: Context, author_id: int, post_id: int) -> None:
    """Hide one's own post from everybody. Idempotent.

    Raises:
        NoSuchPost: there is none.
        NotYours: somebody else wrote it.
    """
    with context.writing() as session:
        if lock_own_post(session, author_id, post_id).deleted_at is None:
            set_deleted_at(session, post_id, deleted_at=context.now, once=None)


def restore_post(context: Context, author_id: int, post_id: int) -> None:
    """Undo a deletion. Idempotent.

    Raises:
        NoSuchPost: there is none.
        NotYours: somebody else wrote it.
        TooLate: it was deleted more than `TAKE_BACK_WITHIN` ago.
    """
    with context.writing() as session:
        deleted_at = lock_own_post(session, author_id, post_id).deleted_at
        if deleted_at is None:
            return
        if context.now - deleted_at > TAKE_BACK_WITHIN:
            raise TooLate
        set_deleted_at(session, post_id, deleted_at=None)


def set_deleted_at(session: Session, post_id: int, **values: datetime | None) -> None:
    """Update a post that the caller has locked."""
    session.execute(update(Post).where(Post.id == post_id).values(values), execution_options=WITHOUT_SESSION)


def lock_own_post(session: Session, author_id: int, post_id: int) -> Post:
    """Return somebody's own post, deleted or not, locked until the transaction ends."""
    fresh = {"populate_existing": True}
    found = session.scalar(select(Post).where(Post.id == post_id).with_for_update(), execution_options=fresh)
    if found is None:
        raise NoSuchPost
    if found.author_id != author_id:
        raise NoSuchPost if found.deleted_at else NotYours
    return found
