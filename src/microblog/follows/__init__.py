"""Follows: who follows whom, lists of them, and how many there are."""

from microblog.follows.erasure import erase_account
from microblog.follows.errors import MOST_FOLLOWED, FollowingOneself, NoSuchMember, TooManyFollowed
from microblog.follows.following import follow, unfollow
from microblog.follows.models import Follow, FollowCount
from microblog.follows.people import Person, followers, following
from microblog.follows.relations import Counts, add_follow, counts_of, followed_among

__all__ = [
    "MOST_FOLLOWED",
    "Counts",
    "Follow",
    "FollowCount",
    "FollowingOneself",
    "NoSuchMember",
    "Person",
    "TooManyFollowed",
    "add_follow",
    "counts_of",
    "erase_account",
    "follow",
    "followed_among",
    "followers",
    "following",
    "unfollow",
]
