"""Redaction of server responses: some quote the link of an email, or our login; any may hold invisible text."""

import re
from base64 import b64encode

# The start of any token (RFC 7515 section 3.1), or two long runs of letters such as only a token has.
TOKEN = re.compile(r"\beyJ[\w.-]{5,}|[\w-]{24,}\.[\w.-]{24,}")
LINK = re.compile(r"https?://[^\s<>\"]*")


def hide_tokens(words: str) -> str:
    """Replace tokens, and links that hold one. Other addresses stay: servers point to pages that explain."""
    return TOKEN.sub("<token>", LINK.sub(lambda found: "<link>" if TOKEN.search(found[0]) else found[0], words))


def redact_line(words: str) -> str:
    """Return words on one line that show all there is and hold no token: what cannot be printed is spelled out."""
    line = " ".join(words.split())
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in hide_tokens(line))


def hide_login(words: str, username: str, password: str) -> str:
    """Replace the password, in every form in which it is sent; some servers repeat what they did not understand."""
    if not password:
        return words
    plain = f"\0{username}\0{password}".encode()
    forms = (auth_encoded(plain), auth_encoded(password.encode()), password)
    return re.sub("|".join(re.escape(form) + "=*" for form in forms), "<password>", words, flags=re.IGNORECASE)


def auth_encoded(octets: bytes) -> str:
    """Return octets as AUTH sends them (RFC 4954), without the padding."""
    return b64encode(octets).decode().rstrip("=")
