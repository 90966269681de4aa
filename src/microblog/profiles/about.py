"""Validation of a member's description of themself."""

from microblog.posts import PostEmpty, PostTooLong, PostUnreadable, count_characters, normalize_text
from microblog.profiles.errors import LONGEST_ABOUT, AboutTooLong, AboutUnreadable


def tidy_about(typed: str) -> str:
    """Return the text as it is kept, by the rules of posts; it may be empty.

    Raises:
        AboutRefused: by its subclass for the reason.
    """
    try:
        text = normalize_text(typed)
    except PostEmpty:
        return ""
    except PostTooLong as error:
        raise AboutTooLong(longest=LONGEST_ABOUT) from error
    except PostUnreadable as error:
        raise AboutUnreadable from error
    if (characters := count_characters(text)) > LONGEST_ABOUT:
        raise AboutTooLong(longest=LONGEST_ABOUT, length=characters)
    return text
