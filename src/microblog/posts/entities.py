"""What stands in a text: links, names of members, tags, and the rest of it."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import regex

from microblog.accounts import BadUsername, check_username, username_key

LONGEST_TAG = 100  # code points
FOUND = regex.compile(
    r"""
    (?<![A-Za-z0-9_@/]) (?P<link> [Hh][Tt][Tt][Pp][Ss]?:// [^\s\p{C}<>"`]+ )
    | (?<![\w@/&]) @ (?P<mention> [A-Za-z0-9._-]+ ) (?![\w@])
    | (?<![\w#/&]) \# (?P<tag> (?!\p{M}) (?: [^\W\p{Default_Ignorable_Code_Point}] | (?<=\w) [\u200C\u200D] (?=\w) )+ )
      (?![\w#])
    """,
    regex.VERBOSE,
)
HAS_HOST = regex.compile(r"[A-Za-z]+://[^/?\#\[\]@:.]")
AFTER_A_LINK = ".,;:!?'*_~…’”»)]}"  # these end the sentence a link stands in
OPENED_BY = {")": "(", "]": "[", "}": "{"}


class Kind(StrEnum):
    """What a piece of a text is."""

    PLAIN = "plain"
    LINK = "link"
    MENTION = "mention"
    TAG = "tag"


@dataclass(frozen=True)
class Piece:
    """A piece of a text. All pieces of a text, joined, are the text."""

    kind: Kind
    text: str
    """As it was written."""
    key: str = ""
    """What all spellings of a name or of a tag share; of a link, its address."""


def entities(text: str) -> list[Piece]:
    """Split a text into its pieces."""
    return list(pieces(text))


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text in order."""
    done = 0
    for match in FOUND.finditer(text):
        piece = piece_of(match.lastgroup, match[0])
        if piece:
            yield from plain(text[done : match.start()])
            yield piece
            done = match.start() + len(piece.text)
    yield from plain(text[done:])


def plain(text: str) -> Iterator[Piece]:
    """Yield what nothing was found in, if there is any."""
    if text:
        yield Piece(Kind.PLAIN, text)


def piece_of(group: str | None, found: str) -> Piece | None:
    """Return what was found without what only stands behind it; nothing where it is not what it looks like."""
    if group == "link":
        return link(found)
    return mention(found) if group == "mention" else tag(found)


def link(found: str) -> Piece | None:
    """Leave out the end of a sentence, and the closing bracket of one that stands around the link."""
    address = found
    while address and address[-1] in AFTER_A_LINK and not is_balanced(address):
        address = address[:-1]
    return Piece(Kind.LINK, address, address) if HAS_HOST.match(address) else None


def is_balanced(address: str) -> bool:
    """Tell whether an address ends with a bracket that was opened within it."""
    opening = OPENED_BY.get(address[-1])
    return opening is not None and address.count(opening) >= address.count(address[-1])


def mention(found: str) -> Piece | None:
    """Leave out a dot or hyphen at the end, which is the sentence's."""
    named = found.rstrip(".-")
    try:
        return Piece(Kind.MENTION, named, username_key(check_username(named[1:])))
    except BadUsername:
        return None


def tag(found: str) -> Piece | None:
    """A tag has a letter in it: #1 is a number. Its key is no longer than a tag either, or its page was not found."""
    key = tag_key(found[1:])
    if max(len(found) - 1, len(key)) > LONGEST_TAG or not any(char.isalpha() for char in found):
        return None
    return Piece(Kind.TAG, found, key)


def tag_key(tag: str) -> str:
    """Return what all spellings of a tag share."""
    return unicodedata.normalize("NFC", tag.casefold())


def read_tag(typed: str) -> str | None:
    """Return the key of a tag that stands in an address, without its sign; None for what no tag can be."""
    match = FOUND.fullmatch("#" + unicodedata.normalize("NFC", typed[: 2 * LONGEST_TAG]))
    found = piece_of(match.lastgroup, match[0]) if match else None
    return found.key if found else None


def keys(found: list[Piece], kind: Kind) -> list[str]:
    """Return the keys of all pieces of a kind, each once, in order."""
    return list(dict.fromkeys(piece.key for piece in found if piece.kind == kind))
