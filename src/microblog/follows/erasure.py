"""Forgetting whom a member followed, and by whom the member was followed."""

from collections import Counter

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from microblog.follows.models import Follow
from microblog.follows.relations import WITHOUT_SESSION, Counts, add_up

Edge = tuple[int, int, int]  # number, follower, followed


def erase_some(session: Session, account_id: int, batch: int = 300) -> int:
    """Remove some of a member's follows and return how many, 0 when none are left; everybody's counts stay exact.

    Each call removes follows of one direction, locked in one order, so that two such members never wait for each other.
    """
    gone = lock_follows(session, Follow.follower_id == account_id, batch) or lock_follows(
        session, Follow.followed_id == account_id, batch
    )
    if gone:
        numbers = [number for number, _, _ in gone]
        session.execute(delete(Follow).where(Follow.id.in_(numbers)), execution_options=WITHOUT_SESSION)
        add_up(session, count_changes(gone))
    return len(gone)


def lock_follows(session: Session, theirs: ColumnElement[bool], batch: int) -> list[Edge]:
    """Return some follows of one direction, and keep others from ending them meanwhile."""
    wanted = select(Follow.id, Follow.follower_id, Follow.followed_id).where(theirs).order_by(Follow.id).limit(batch)
    return [(number, follower, followed) for number, follower, followed in session.execute(wanted.with_for_update())]


def count_changes(gone: list[Edge]) -> dict[int, Counts]:
    """Return what the end of some follows takes from everybody's counts."""
    following = Counter(follower for _, follower, _ in gone)
    followers = Counter(followed for _, _, followed in gone)
    return {one: Counts(-followers[one], -following[one]) for one in following | followers}


def erase_account(session: Session, account_id: int) -> None:
    """Remove all of it, before the account is deleted."""
    while erase_some(session, account_id):
        pass
