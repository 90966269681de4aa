"""Errors of following."""

from microblog.refusals import Refusal

MOST_FOLLOWED = 5_000  # members one can follow: it bounds what reading a home can cost


class FollowRefused(Refusal):
    """Somebody cannot be followed."""


class FollowingOneself(FollowRefused):
    """Nobody follows themselves: a home has one's own posts anyway."""

    code = "following_oneself"


class NoSuchMember(FollowRefused):
    """There is no such account, or no longer."""

    code = "no_such_member"


class TooManyFollowed(FollowRefused):
    """Nobody can follow more than `most`."""

    code = "too_many_followed"
