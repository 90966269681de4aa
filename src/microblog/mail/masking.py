"""What must not be repeated of a mail server's words: some quote the link that a letter held."""

import re

# The start of any token (RFC 7515 section 3.1), or two long runs of letters such as only a token has.
TOKEN = re.compile(r"\beyJ[\w.-]*|[\w-]{24,}\.[\w.-]{24,}")
LINK = re.compile(r"https?://[^\s<>\"]*")


def without_tokens(words: str) -> str:
    """Replace tokens, and links that hold one. Other addresses stay: servers point to pages that explain."""
    return TOKEN.sub("<token>", LINK.sub(lambda found: "<link>" if TOKEN.search(found[0]) else found[0], words))
