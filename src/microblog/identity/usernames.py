"""Usernames: what may be one. Plain ASCII, so that no two that look alike are different, and none can carry text."""

import re

from microblog.identity.errors import BadUsername
from microblog.mail import clean_identifier

SHORTEST, LONGEST = 3, 64
ALLOWED = re.compile(r"[A-Za-z0-9._-]+")


def check_username(typed: str) -> str:
    """Return the username, without what a paste or a mention brings along.

    Raises:
        BadUsername: with the reason.
    """
    username = clean_identifier(typed)
    if not SHORTEST <= len(username) <= LONGEST:
        raise BadUsername(f"A username has {SHORTEST} to {LONGEST} characters; this one has {len(username)}.")
    if not ALLOWED.fullmatch(username):
        raise BadUsername("A username is made of the letters a to z, digits, dots, hyphens and underscores.")
    if not any(char.isalnum() for char in username):
        raise BadUsername("A username has at least one letter or digit.")
    return username


def check_new_username(typed: str) -> str:
    """Return a username that somebody chooses now, without spaces around it.

    Raises:
        BadUsername: with the reason. A dot at an end would be taken for the end of a sentence, and cut from links.
    """
    username = check_username(typed)
    if username.startswith(".") or username.endswith("."):
        raise BadUsername("A username does not begin or end with a dot.")
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
