"""How strangers' words are shown: some servers quote the link that a letter held, any may send what hides text."""

import re

# The start of any token (RFC 7515 section 3.1), or two long runs of letters such as only a token has.
TOKEN = re.compile(r"\beyJ[\w.-]{5,}|[\w-]{24,}\.[\w.-]{24,}")
LINK = re.compile(r"https?://[^\s<>\"]*")


def without_tokens(words: str) -> str:
    """Replace tokens, and links that hold one. Other addresses stay: servers point to pages that explain."""
    return TOKEN.sub("<token>", LINK.sub(lambda found: "<link>" if TOKEN.search(found[0]) else found[0], words))


def harmless(words: str) -> str:
    """Return words on one line that show all there is and hold no token: what cannot be printed is spelled out."""
    line = " ".join(words.split())
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in without_tokens(line))
