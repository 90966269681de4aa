"""Entities of a text: links, mentions, tags, and plain text.

Where each of them ends is decided by Unicode properties, not by spaces: many people write without spaces, or with
punctuation that is not ASCII.
"""

import ipaddress
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import regex

from microblog.identity import BadUsername, check_username, username_key
from microblog.posts.scripts import HYPHENS, JOINERS, SPACELESS

LONGEST_TAG = 100  # code points
AT, HASH = "@＠﹫", "#＃﹟"  # as typed with an ASCII, a full-width or a small East Asian keyboard
TOGETHER = "/&"  # may stand between two names or tags, as in #this/#that; elsewhere they belong to an address or a code
ENDS_A_LINK = rf"[[\p{{P}}\p{{EA=F}}\p{{EA=H}}]--[\p{{ASCII}}\p{{L}}\p{{M}}\p{{N}}{JOINERS}{HYPHENS}]]"
FOUND = regex.compile(
    rf"""
    (?<![A-Za-z0-9_@/]) (?P<link> [Hh][Tt][Tt][Pp][Ss]?:// [[^\s\p{{C}}<>"`]--{ENDS_A_LINK}]+ )
    | (?<![[\w{AT}]--[{SPACELESS}]]) (?P<mention> [{AT}] [A-Za-z0-9._\-]+ ) (?![\p{{Latin}}\p{{M}}\p{{Nd}}_{AT}])
    | (?<![\w{HASH}]) (?P<tag>
        [{HASH}] (?!\p{{M}})
        (?: [^\W\p{{Default_Ignorable_Code_Point}}] | (?<=\w) [\u200C\u200D{JOINERS}] (?=\w) )+
      ) (?![\w{HASH}])
    """,
    regex.VERBOSE | regex.VERSION1,
)
AUTHORITY = regex.compile(
    r"""
    [A-Za-z]+:// (?:[^/?\#@:.\[\]][^/?\#@\[\]]*@)?
    (?: \[(?P<v6>[^\[\]]*)\] | (?P<host>[^/?\#\[\]@:.][^/?\#\[\]@:]*) ) (?: :[0-9]* )?
    """,
    regex.VERBOSE,
)
DOTTED = regex.compile("i\N{COMBINING DOT ABOVE}+")
LATIN = regex.compile(r"[A-Za-z0-9][\p{Latin}\p{M}\p{Nd}_-]*")
AFTER_A_LINK = ".,;:!?'*_~)]}" + JOINERS + HYPHENS  # these end the sentence a link is part of
OPENED_BY = {")": "(", "]": "[", "}": "{"}


class EntityKind(StrEnum):
    """The kind of a piece of text."""

    PLAIN = "plain"
    LINK = "link"
    MENTION = "mention"
    TAG = "tag"


@dataclass(frozen=True)
class Piece:
    """A piece of a text. All pieces of a text, joined, are the text."""

    kind: EntityKind
    text: str
    """As it was written."""
    key: str = ""
    """What all spellings of a name or of a tag share; of a link, its address."""


def entities(text: str) -> list[Piece]:
    """Split a text into its pieces."""
    return list(pieces(text))


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text in order."""
    done, named_until = 0, -1
    for match in FOUND.finditer(text):
        start = match.start()
        if match.lastgroup != "link" and text[start - 1 : start] in tuple(TOGETHER) and named_until != start - 1:
            continue
        piece = piece_of(match.lastgroup, match[0])
        if piece:
            yield from plain(text[done:start])
            yield piece
            done = start + len(piece.text)
            named_until = -1 if piece.kind == EntityKind.LINK else done
    yield from plain(text[done:])


def plain(text: str) -> Iterator[Piece]:
    """Yield what nothing was found in, if there is any."""
    if text:
        yield Piece(EntityKind.PLAIN, text)


def piece_of(group: str | None, found: str) -> Piece | None:
    """Return what was found without what only stands behind it; nothing where it is not what it looks like."""
    if group == "link":
        return link(found)
    return mention(found) if group == "mention" else tag(found)


def link(found: str) -> Piece | None:
    """Leave out the end of a sentence, and the closing bracket of one that stands around the link."""
    end = end_of_authority(found)
    address = without_sentence(found[:end]) if end else ""
    return Piece(EntityKind.LINK, address, address) if address else None


def end_of_authority(found: str) -> int:
    """Return where a link ends if that is at its authority already; its whole length if not; 0 if it has no host.

    An authority is followed by a path, a query, a fragment, or nothing (RFC 3986, 3.2). No top-level domain mixes
    Latin with letters of another script, so a Latin one ends before those.
    """
    authority = AUTHORITY.match(found)
    if authority is None or not (authority["host"] or is_ipv6(authority["v6"])):
        return 0
    if host := authority["host"]:
        top = host.rpartition(".")[2]
        latin = LATIN.match(top)
        if latin and latin.end() < len(top):
            return int(authority.end("host")) - len(top) + int(latin.end())
    end = int(authority.end())
    return len(found) if found[end : end + 1] in ("", *"/?#") else end


def is_ipv6(address: str) -> bool:
    """Tell whether this is an IPv6 address as a link can have it, without a zone."""
    try:
        return not ipaddress.IPv6Address(address).scope_id
    except ipaddress.AddressValueError:
        return False


def without_sentence(address: str) -> str:
    """Leave out the punctuation at the end, except a bracket that was opened within the address."""
    counts, end = Counter(address), len(address)
    while end and (last := address[end - 1]) in AFTER_A_LINK:
        if last in OPENED_BY and counts[OPENED_BY[last]] >= counts[last]:
            break
        counts[last] -= 1
        end -= 1
    return address[:end]


def mention(found: str) -> Piece | None:
    """Leave out a dot or hyphen at the end, which is the sentence's."""
    named = found.rstrip(".-")
    try:
        return Piece(EntityKind.MENTION, named, username_key(check_username(named[1:])))
    except BadUsername:
        return None


def tag(found: str) -> Piece | None:
    """A tag has a letter in it: #1 is a number. Its key is no longer than a tag either, or its page was not found."""
    key = tag_key(found[1:])
    if max(len(found) - 1, len(key)) > LONGEST_TAG or not any(char.isalpha() for char in found):
        return None
    return Piece(EntityKind.TAG, found, key)


def tag_key(tag: str) -> str:
    """Return what all spellings of a tag share.

    The Turkish İ folds to i and a dot above it: without that dot, for `#İstanbul` and `#istanbul` are one tag.
    """
    return unicodedata.normalize("NFC", DOTTED.sub("i", tag.casefold()))


def read_tag(typed: str) -> str | None:
    """Return the key of a tag that stands in an address, without its sign; None for what no tag can be."""
    match = FOUND.fullmatch("#" + unicodedata.normalize("NFC", typed[: 2 * LONGEST_TAG]))
    found = piece_of(match.lastgroup, match[0]) if match else None
    return found.key if found else None


def keys(found: list[Piece], kind: EntityKind) -> list[str]:
    """Return the keys of all pieces of a kind, each once, in order."""
    return list(dict.fromkeys(piece.key for piece in found if piece.kind == kind))
