"""What other rooms keep of a member: their part of the download, and how they let go of it before an account goes."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from microblog import follows, posts, profiles, subscriptions
from microblog.accounts import EXPORT_PARTS, Forget, Part


def until_nothing_is_left(forget_some: Callable[[Session, int], int]) -> Forget:
    """Return what lets go of everything, of what lets go of some at a time."""

    def forget(session: Session, account_id: int) -> None:
        while forget_some(session, account_id):
            pass

    return forget


def profile_rows(session: Session, account_id: int, after: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the profile as the one row of its part."""
    return [] if after else [(1, profiles.export(session, account_id))]


PARTS: tuple[Part, ...] = (
    *EXPORT_PARTS,
    Part("profile", profile_rows),
    Part("posts", posts.rows_for_download),
    Part("follows", follows.rows_for_download),
    Part("letters", subscriptions.rows_for_download),
)
FORGET: tuple[Forget, ...] = (
    until_nothing_is_left(posts.forget_account),
    until_nothing_is_left(follows.forget_account),
)
