"""Header fields, written and folded (RFC 5322 section 2.2; RFC 2047 and RFC 6532 for what is not ASCII).

What comes often is kept: a site has few senders, and each kind of email one subject.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from microblog.mail.addresses import for_the_wire
from microblog.mail.compose.words import encoded_words, one_line

LINE = 76  # RFC 2047 section 2, for a line with an encoded word; RFC 5322 asks for 78
LONGEST_PLAIN = 60  # a longer run without a space is encoded, for encoded words can be folded anywhere
ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"  # beyond ASCII, the address has been validated already
DOT_ATOM = re.compile(rf"{ATEXT}+(?:\.{ATEXT}+)*")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
DOTTED = re.compile(rf"(?:{ATEXT}|\.)+")
DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[A-Za-z0-9.:]+\]")
MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
LIKE_ENCODED = "=?"


@lru_cache(maxsize=1024)
def addr_spec(address: str) -> str:
    """Return an address as servers and headers want it: domain in ASCII, local part quoted where it must be.

    Raises:
        ValueError: for what is none. `=?` in a local part could pass for an encoded word, which hides any other text.
    """
    local, _, domain = for_the_wire(address).rpartition("@")
    good = DOMAIN.fullmatch(domain) and LIKE_ENCODED not in local
    if good and (DOT_ATOM.fullmatch(local) or QUOTED.fullmatch(local)):
        return f"{local}@{domain}"
    if good and DOTTED.fullmatch(local):  # "a..b" and "a." were given out by some providers
        return f'"{local}"@{domain}'
    raise ValueError("this is not one email address")


@lru_cache(maxsize=1024)
def mailbox_field(field: str, name: str, spec: str) -> str:
    """Return `From: name <address>`, the name as atoms, quoted or encoded, whatever marks it has."""
    start = f"{field}:"
    line = one_line(name)
    return fold_header(start, [*phrase(line, len(start)), f"<{spec}>"] if line else [spec])


@lru_cache(maxsize=1024)
def unstructured_field(field: str, text: str) -> str:
    """Return a field of free text: plain where it is ASCII, in encoded words where not."""
    start = f"{field}:"
    line = one_line(text)
    words = line.split(" ")
    plain = line.isascii() and LIKE_ENCODED not in line and max(map(len, words)) <= LONGEST_PLAIN
    return fold_header(start, words if plain else encoded_words(line, LINE - len(start)))


def phrase(line: str, begun: int) -> list[str]:
    """Return a display name as the words it may be folded between (RFC 5322 section 3.2.5)."""
    if not line.isascii() or LIKE_ENCODED in line or len(line) > LONGEST_PLAIN:
        return encoded_words(line, LINE - begun)
    return [line if ATOMS.fullmatch(line) else quoted(line)]


def quoted(text: str) -> str:
    """Return printable ASCII as a quoted string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def message_ids(value: str) -> str:
    """Return one or more Message-IDs (RFC 5322 section 3.6.4), each after the first on a line of its own.

    Raises:
        ValueError: for anything else.
    """
    found = value.split()
    if not found or not all(MESSAGE_ID.fullmatch(each) for each in found) or LIKE_ENCODED in value:
        raise ValueError("a Message-ID is a word of ASCII letters and marks with an @ in it, in angle brackets")
    return "\r\n ".join(found)


def fold_header(start: str, words: Iterable[str]) -> str:
    """Put words behind a field's name, with a fold before each that would make its line too long."""
    result, length = start, len(start)
    for word in words:
        fold = length + 1 + len(word) > LINE and result is not start
        result += f"\r\n {word}" if fold else f" {word}"
        length = 1 + len(word) if fold else length + 1 + len(word)
    return result
