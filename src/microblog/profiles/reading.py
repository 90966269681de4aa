"""Reading profiles."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from microblog.follows import FollowCount
from microblog.identity import Account, holder_of, is_visible, key_in
from microblog.profiles.models import Avatar, Profile

SHOWN = (
    select(
        Account.id,
        Account.username,
        func.coalesce(Profile.about_me, ""),
        Account.created_at,
        Profile.seen_at,
        func.coalesce(FollowCount.followers, 0),
        func.coalesce(FollowCount.following, 0),
        Avatar.digest,
    )
    .select_from(Account)
    .outerjoin(Profile, Profile.account_id == Account.id)
    .outerjoin(FollowCount, FollowCount.account_id == Account.id)
    .outerjoin(Avatar, Avatar.account_id == Account.id)
    .where(Account.id == holder_of(bindparam("key")), is_visible(Account))
)


@dataclass(frozen=True)
class Portrait:
    """The public profile of a member. It holds no email address."""

    account_id: int
    username: str
    about: str
    joined: datetime
    seen: datetime | None
    followers: int
    following: int
    uploaded: str | None
    """The digest of an uploaded picture; None for an identicon."""


def profile_of(session: Session, username: str) -> Portrait | None:
    """Return the profile of the current or former owner of a username, in any spelling. One round trip."""
    key = key_in(username)
    row = session.execute(SHOWN, {"key": key}).one_or_none() if key else None
    return Portrait(*row) if row else None
