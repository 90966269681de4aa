"""Following and unfollowing a member."""

from sqlalchemy.orm import Session

from microblog.context import Context
from microblog.follows.errors import NoSuchMember
from microblog.follows.notify import notify_followed
from microblog.follows.relations import add_follow, remove_follow
from microblog.identity import Account, BadUsername, check_username, find_by_key, username_key
from microblog.limits import Limit


def follow(context: Context, follower_id: int, username: str) -> str:
    """Follow a member, and return their username as they spell it. Idempotent.

    Raises:
        FollowRefused: by its subclass for the reason.
        RateLimited: the follower did this too often.
    """
    with context.writing() as session:
        followed = find_member(session, username)
        count_follow(context, session, follower_id)
        follow_id = add_follow(session, follower_id=follower_id, followed_id=followed.id, now=context.now)
        if follow_id is not None:
            notify_followed(session, followed.id, follow_id, context.now)
        return followed.username


def unfollow(context: Context, follower_id: int, username: str) -> str:
    """Stop following a member, and return their username as they spell it. Idempotent.

    Raises:
        NoSuchMember: there is no such account.
        RateLimited: the follower did this too often.
    """
    with context.writing() as session:
        followed = find_member(session, username)
        count_follow(context, session, follower_id)
        remove_follow(session, follower_id=follower_id, followed_id=followed.id)
        return followed.username


def find_member(session: Session, username: str) -> Account:
    """Return the member with a username, and never by an address.

    Raises:
        NoSuchMember: there is none.
    """
    try:
        found = find_by_key(session, username_key(check_username(username)))
    except BadUsername as error:
        raise NoSuchMember from error
    if found is None:
        raise NoSuchMember
    return found


def count_follow(context: Context, session: Session, account_id: int) -> None:
    """Count against how often a member may follow and unfollow."""
    context.spend(session, (Limit("follows per member", context.settings.limits.follows_per_member), str(account_id)))
