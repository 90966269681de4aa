"""What this room refuses. Each message is a sentence for the person who asked."""

from microblog.refusals import Refusal

MOST_FOLLOWED = 5_000  # members one can follow: it bounds what reading a home can cost


class FollowRefused(Refusal):
    """Somebody cannot be followed; the message says why."""


class FollowingOneself(FollowRefused):
    """Nobody follows himself: a home has one's own posts anyway."""

    def __init__(self) -> None:
        super().__init__("You cannot follow yourself. Your own posts are in your home anyway.")


class NoSuchMember(FollowRefused):
    """There is no such account, or no longer."""

    def __init__(self) -> None:
        super().__init__("This member is no longer here.")


class TooManyFollowed(FollowRefused):
    """Nobody can follow more."""

    def __init__(self) -> None:
        super().__init__(
            f"You follow {MOST_FOLLOWED:,} members, which is as many as one can. "
            "To follow somebody new, please unfollow somebody else first."
        )
