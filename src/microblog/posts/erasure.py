"""Removing posts for good: those deleted a while ago, and all of an account's."""

from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from microblog.posts.models import Mention, Post

WITHOUT_SESSION = {"synchronize_session": False}


def erase_deleted(session: Session, before: datetime, batch: int = 300) -> int:
    """Remove some of the posts that were deleted before then, and return how many."""
    old = select(Post.id).where(Post.deleted_at < before).order_by(Post.deleted_at).limit(batch)
    return remove(session, old.with_for_update(skip_locked=True))


def erase_some(session: Session, account_id: int, batch: int = 300) -> int:
    """Remove some of what a member wrote, then where others named them; return how many rows, 0 when none are left."""
    theirs = select(Post.id).where(Post.author_id == account_id).limit(batch)
    return remove(session, theirs) or erase_mentions(session, account_id, batch)


def remove(session: Session, wanted: Select[int]) -> int:
    """Remove posts for good; their tags and mentions go with them."""
    numbers = session.scalars(wanted).all()
    session.execute(delete(Post).where(Post.id.in_(numbers)), execution_options=WITHOUT_SESSION)
    return len(numbers)


def erase_mentions(session: Session, account_id: int, batch: int) -> int:
    """Remove some of the places where a member is named; the text there stays what others wrote."""
    theirs = select(Mention.post_id).where(Mention.account_id == account_id).limit(batch)
    numbers = session.scalars(theirs).all()
    gone = delete(Mention).where(Mention.account_id == account_id, Mention.post_id.in_(numbers))
    session.execute(gone, execution_options=WITHOUT_SESSION)
    return len(numbers)


def erase_account(session: Session, account_id: int) -> None:
    """Remove all of it, before the account is deleted."""
    while erase_some(session, account_id):
        pass
