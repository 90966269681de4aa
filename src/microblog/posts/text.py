"""The text of a post: what is kept of what was typed, and what is refused."""

import unicodedata

import regex

from microblog.posts.errors import LONGEST, PostBroken, PostEmpty, PostStacked, PostTooLong

MOST_CODE_POINTS = 10 * LONGEST  # the longest emoji has 10; it also bounds the work, which the database shares
MOST_IN_A_CHARACTER = 32  # UAX #15 allows 30 marks in a row (Stream-Safe Text); nothing that can be read has more
BREAKS = regex.compile(r"\r\n|[\r\x0B\x0C\x85\u2028\u2029]")
MANY_BREAKS = regex.compile(r"\n(?:[^\S\n]*\n){3,}")  # two empty lines are kept
UNKEPT = regex.compile(r"[\0\uD800-\uDFFF]")  # PostgreSQL keeps no NUL, and half a pair is no character
CONTROLS = regex.compile(r"[^\P{Cc}\n]")
CHARACTER = regex.compile(r"\X")
VISIBLE = regex.compile(r"[^\p{Z}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]")  # the last is empty Braille


def normalize_text(typed: str) -> str:
    """Return the text as it is kept: in NFC, lines ended by LF, without control characters or long runs of empty lines.

    Raises:
        PostRefused: by its subclass for the reason.
    """
    if UNKEPT.search(typed):
        raise PostBroken
    lines = BREAKS.sub("\n", typed)
    if len(lines) > MOST_CODE_POINTS:  # before what takes time that grows with its square
        raise PostTooLong(longest=LONGEST)
    plain = CONTROLS.sub("", lines.replace("\t", " "))
    text = MANY_BREAKS.sub("\n\n\n", unicodedata.normalize("NFC", plain)).strip()
    if not VISIBLE.search(text):
        raise PostEmpty
    check_characters(text)
    return text


def check_characters(text: str) -> None:
    """Refuse a text of too many characters, or of such as nobody could read."""
    characters = CHARACTER.findall(text)
    if len(characters) > LONGEST:
        raise PostTooLong(longest=LONGEST, length=len(characters))
    if max(map(len, characters)) > MOST_IN_A_CHARACTER:
        raise PostStacked


def count_characters(text: str) -> int:
    """Count characters as people do: an emoji, or a letter with its accents, is one (UAX #29)."""
    return len(CHARACTER.findall(text))
