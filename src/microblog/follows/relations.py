"""The rows of follows, and their counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.db import insert_if_absent, upsert
from microblog.follows.errors import MOST_FOLLOWED, FollowingOneself, NoSuchMember, TooManyFollowed
from microblog.follows.models import Follow, FollowCount
from microblog.identity import Account, is_visible

WITHOUT_SESSION = {"synchronize_session": False}


@dataclass(frozen=True)
class Counts:
    """The numbers of followers and followed members."""

    followers: int = 0
    following: int = 0


def add_follow(session: Session, *, follower_id: int, followed_id: int, now: datetime) -> int | None:
    """Insert a follow, and return its id; None if there is one already.

    Raises:
        FollowRefused: by its subclass for the reason; nothing of this transaction may be kept.
    """
    if follower_id == followed_id:
        raise FollowingOneself
    active = select(Account.id).where(Account.id == followed_id, is_visible(Account))
    if session.scalar(active.with_for_update(read=True, key_share=True)) is None:
        raise NoSuchMember
    values = {"follower_id": follower_id, "followed_id": followed_id, "since": now}
    follow_id: int | None = session.scalar(insert_if_absent(session, Follow, values).returning(Follow.id))
    if follow_id is None:
        return None
    changed = {follower_id: Counts(following=1), followed_id: Counts(followers=1)}
    if add_up(session, changed)[follower_id].following > MOST_FOLLOWED:
        raise TooManyFollowed(most=MOST_FOLLOWED)
    return follow_id


def remove_follow(session: Session, *, follower_id: int, followed_id: int) -> bool:
    """Delete a follow. Returns False if there is none."""
    these = delete(Follow).where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
    if session.scalar(these.returning(Follow.id), execution_options=WITHOUT_SESSION) is None:
        return False
    add_up(session, {follower_id: Counts(following=-1), followed_id: Counts(followers=-1)})
    return True


def add_up(session: Session, changes: dict[int, Counts]) -> dict[int, Counts]:
    """Add to counts, and return what they are now.

    It locks them in the order of the accounts and after the follows, as everybody does, so that nobody waits for ever.
    """
    rows = [
        {"account_id": account_id, "followers": change.followers, "following": change.following}
        for account_id, change in sorted(changes.items())
    ]
    adding = upsert(
        session,
        FollowCount,
        rows,
        lambda more: {
            "followers": FollowCount.followers + more.followers,
            "following": FollowCount.following + more.following,
        },
    )
    columns = (FollowCount.account_id, FollowCount.followers, FollowCount.following)
    return {row.account_id: Counts(row.followers, row.following) for row in session.execute(adding.returning(*columns))}


def counts_of(session: Session, account_id: int) -> Counts:
    """Return how many follow a member, and how many the member follows."""
    numbers = select(FollowCount.followers, FollowCount.following).where(FollowCount.account_id == account_id)
    found = session.execute(numbers).one_or_none()
    return Counts(found.followers, found.following) if found else Counts()


def followed_among(session: Session, follower_id: int, among: Collection[int]) -> frozenset[int]:
    """Return which of these members somebody follows."""
    these = select(Follow.followed_id).where(Follow.follower_id == follower_id, Follow.followed_id.in_(among))
    return frozenset(session.scalars(these))
