"""What a member says about themself: what is kept of what was typed, and what is refused."""

from microblog.posts import PostEmpty, PostTooLong, PostUnreadable, count_characters, tidy
from microblog.profiles.errors import LONGEST_ABOUT, AboutTooLong, AboutUnreadable


def tidy_about(typed: str) -> str:
    """Return the text as it is kept, by the rules of posts; it may be empty.

    Raises:
        AboutRefused: with the reason.
    """
    try:
        text = tidy(typed)
    except PostEmpty:
        return ""
    except PostTooLong as error:
        raise AboutTooLong from error
    except PostUnreadable as error:
        raise AboutUnreadable from error
    if (characters := count_characters(text)) > LONGEST_ABOUT:
        raise AboutTooLong(characters)
    return text
