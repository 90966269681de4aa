"""What this room refuses. Each message is a sentence for the person who asked."""

from microblog.refusals import Refusal

LONGEST = 500  # characters, as people count them


class PostRefused(Refusal):
    """What was typed cannot be a post; the message says why."""


class PostEmpty(PostRefused):
    """There is nothing in it that anybody could see."""

    def __init__(self) -> None:
        super().__init__("There is nothing to read in this post yet. Please write something.")


class PostTooLong(PostRefused):
    """It has more characters than a post may have; how many is only said where they were counted."""

    def __init__(self, characters: int | None = None) -> None:
        this = f"this one has {characters}" if characters else "this one is far longer"
        super().__init__(f"A post has at most {LONGEST} characters; {this}.")


class PostUnreadable(PostRefused):
    """It has characters that nobody could read, or that cannot be kept."""


class NoSuchPost(Refusal):
    """There is no such post, or it was deleted."""

    def __init__(self) -> None:
        super().__init__("This post is gone.")


class NotYours(Refusal):
    """Somebody else wrote it."""

    def __init__(self) -> None:
        super().__init__("This post is somebody else's, and only its author can delete it.")


class TooLate(Refusal):
    """It was deleted too long ago to be taken back."""

    def __init__(self) -> None:
        super().__init__("This post was deleted a while ago, and can no longer be brought back.")
