"""Deleting posts, taking that back for a while, and forgetting what an author wrote."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from microblog.posts.errors import NoSuchPost, NotYours, TooLate
from microblog.posts.models import Mention, Post

TAKE_BACK_WITHIN = timedelta(seconds=60)
KEPT_FOR = timedelta(hours=1)  # once deleted, until it is swept away
WITHOUT_SESSION = {"synchronize_session": False}


def delete_post(session: Session, *, author_id: int, post_id: int, now: datetime) -> None:
    """Delete one's own post: nobody sees it any more from now on. Doing it twice is harmless.

    Raises:
        NoSuchPost: there is none.
        NotYours: somebody else wrote it.
    """
    if own(session, author_id, post_id).deleted_at is None:
        change = update(Post).where(Post.id == post_id, Post.author_id == author_id, Post.deleted_at.is_(None))
        session.execute(change.values(deleted_at=now, once=None), execution_options=WITHOUT_SESSION)


def restore_post(session: Session, *, author_id: int, post_id: int, now: datetime) -> None:
    """Take a deletion back. Doing it twice is harmless.

    Raises:
        NoSuchPost: there is none.
        NotYours: somebody else wrote it.
        TooLate: it was deleted more than `TAKE_BACK_WITHIN` ago.
    """
    deleted_at = own(session, author_id, post_id).deleted_at
    if deleted_at is None:
        return
    if now - deleted_at > TAKE_BACK_WITHIN:
        raise TooLate
    change = update(Post).where(Post.id == post_id, Post.author_id == author_id)
    session.execute(change.values(deleted_at=None), execution_options=WITHOUT_SESSION)


def own(session: Session, author_id: int, post_id: int) -> Post:
    """Return somebody's own post, deleted or not, and keep others from changing it meanwhile."""
    fresh = {"populate_existing": True}
    found = session.scalar(select(Post).where(Post.id == post_id).with_for_update(), execution_options=fresh)
    if found is None:
        raise NoSuchPost
    if found.author_id != author_id:
        raise NoSuchPost if found.deleted_at else NotYours
    return found


def forget_deleted(session: Session, before: datetime, batch: int = 300) -> int:
    """Remove some of the posts that were deleted before then, and return how many."""
    old = select(Post.id).where(Post.deleted_at < before).order_by(Post.deleted_at).limit(batch)
    return remove(session, old.with_for_update(skip_locked=True))


def forget_account(session: Session, account_id: int, batch: int = 300) -> int:
    """Remove some of what a member wrote, then where others named them; return how many rows, 0 when none are left."""
    theirs = select(Post.id).where(Post.author_id == account_id).limit(batch)
    return remove(session, theirs) or forget_mentions(session, account_id, batch)


def remove(session: Session, wanted: Select[int]) -> int:
    """Remove posts for good; their tags and mentions go with them."""
    numbers = session.scalars(wanted).all()
    session.execute(delete(Post).where(Post.id.in_(numbers)), execution_options=WITHOUT_SESSION)
    return len(numbers)


def forget_mentions(session: Session, account_id: int, batch: int) -> int:
    """Remove some of the places where a member is named; the text there stays what others wrote."""
    theirs = select(Mention.post_id).where(Mention.account_id == account_id).limit(batch)
    numbers = session.scalars(theirs).all()
    gone = delete(Mention).where(Mention.account_id == account_id, Mention.post_id.in_(numbers))
    session.execute(gone, execution_options=WITHOUT_SESSION)
    return len(numbers)
