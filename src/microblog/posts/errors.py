"""Errors of writing and deleting posts."""

from microblog.refusals import Refusal

LONGEST = 500  # characters, as people count them


class PostRefused(Refusal):
    """The text cannot be a post."""


class PostEmpty(PostRefused):
    """There is nothing in it that anybody could see."""

    code = "post_empty"


class PostTooLong(PostRefused):
    """It has more than `longest` characters; how many is only said where they were counted (`length`)."""

    code = "post_too_long"


class PostUnreadable(PostRefused):
    """It has characters that nobody could read, or that cannot be kept."""


class PostBroken(PostUnreadable):
    """It has a character that cannot be kept."""

    code = "post_broken"


class PostStacked(PostUnreadable):
    """It has too many marks upon one letter."""

    code = "post_stacked"


class NoSuchPost(Refusal):
    """There is no such post, or it was deleted."""

    code = "no_such_post"


class NotYours(Refusal):
    """Somebody else wrote it."""

    code = "not_your_post"


class TooLate(Refusal):
    """It was deleted too long ago to be taken back."""

    code = "too_late_to_restore"
