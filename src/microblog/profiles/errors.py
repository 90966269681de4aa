"""What this room refuses. Each message is a sentence for the person who asked."""

from microblog.refusals import Refusal

LONGEST_ABOUT = 140  # characters, as people count them


class AboutRefused(Refusal):
    """What somebody wanted to say about themself cannot be kept; the message says why."""


class AboutTooLong(AboutRefused):
    """It has more characters than it may have; how many is only said where they were counted."""

    def __init__(self, characters: int | None = None) -> None:
        this = f"this has {characters}" if characters else "this is far longer"
        super().__init__(f"About me has at most {LONGEST_ABOUT} characters; {this}.")


class AboutUnreadable(AboutRefused):
    """It has characters that nobody could read, or that cannot be kept."""

    def __init__(self) -> None:
        super().__init__("This has characters in it that cannot be kept or read. Please type it anew.")


class PictureRefused(Refusal):
    """What was uploaded cannot be an avatar; the message says why."""
