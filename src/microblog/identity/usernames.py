"""Usernames: what may be one. Plain ASCII, so that no two that look alike are different, and none can carry text."""

import re

from microblog.identity.errors import (
    BadUsername,
    UsernameCharacters,
    UsernameDots,
    UsernameLength,
    UsernameWithoutLetters,
)
from microblog.mail import clean_identifier

SHORTEST, LONGEST = 3, 64
ALLOWED = re.compile(r"[A-Za-z0-9._-]+")


def check_username(typed: str) -> str:
    """Return the username, without what a paste or a mention brings along.

    Raises:
        BadUsername: by its subclass for the reason.
    """
    username = clean_identifier(typed)
    if not SHORTEST <= len(username) <= LONGEST:
        raise UsernameLength(shortest=SHORTEST, longest=LONGEST, length=len(username))
    if not ALLOWED.fullmatch(username):
        raise UsernameCharacters
    if not any(char.isalnum() for char in username):
        raise UsernameWithoutLetters
    return username


def check_new_username(typed: str) -> str:
    """Return a username that somebody chooses now, without spaces around it.

    Raises:
        BadUsername: by its subclass for the reason. A dot at an end would be read as the end of a sentence.
    """
    username = check_username(typed)
    if username.startswith(".") or username.endswith("."):
        raise UsernameDots
    return username


def username_key(username: str) -> str:
    """Return what all spellings of a username share."""
    return username.lower()


def key_in(asked: str) -> str | None:
    """Return the key of what stands in an address, None where nobody could have such a username."""
    try:
        return username_key(check_username(asked))
    except BadUsername:
        return None
