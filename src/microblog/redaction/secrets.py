"""Redaction of secrets: in logs and in emails about errors, they are replaced by `[hidden]`.

Some look like what they are: tokens, hashes, addresses, passwords in web addresses. Others are known beforehand: what a
person typed, what the settings hold.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import reduce
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
SHORTEST = 3  # characters of a value that is looked for at all; a shorter one tells nothing and is everywhere
WORD = 3  # characters up to which a value counts as a whole word only
PIECE = (
    8  # letters and digits in a row that give a value away: errors like to quote a part, and to quote what is quoted
)
LONG = 200  # characters beyond which a value is looked for by its pieces alone

IN_ADDRESS = r"[^\s<>\"'(),;:=/?&]"
LOOKS_SECRET = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<=://)[^\s/]+(?=@)",  # the name and password of a URL
        rf"(?<!{IN_ADDRESS}){IN_ADDRESS}+(?:@|%40){IN_ADDRESS}+",  # an email address
        r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*",  # a token or cookie: JSON in base64 (RFC 7515)
        r"\$(?:argon2|scrypt|2[aby])[^\s\"']+",  # the hash of a password
        r"(?<![A-Za-z0-9])[0-9a-fA-F]{32,}(?![A-Za-z0-9])",
        # What is random: long, and with digits, small and capital letters.
        r"(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*[0-9])(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])[A-Za-z0-9_-]{32,}",
    )
)


class Redactor:
    """Hides these values, in whatever spelling and case, and what looks like a secret."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        known = {value.strip() for value in values if len(value.strip()) >= SHORTEST}
        spelled = {one for value in known for one in spellings(value)}
        bare = (alphanumerics_of(one)[0] for one in spelled)
        self._pieces = frozenset(one[start : start + PIECE] for one in bare for start in range(len(one) - PIECE + 1))
        self._whole = one_of({one for one in spelled if len(one) <= LONG})

    def hide(self, text: str) -> str:
        """Return a text without the values, pieces of them included."""
        return self._hide(text, [*LOOKS_SECRET, *self._whole])

    def hide_in_code(self, line: str) -> str:
        """Return a line of source without the longer values; short ones are words of the program by chance."""
        return self._hide(line, LOOKS_SECRET)

    def _hide(self, text: str, patterns: Iterable[re.Pattern[str]]) -> str:
        found = [match.span() for pattern in patterns for match in pattern.finditer(text)]
        if self._pieces:
            bare, places = alphanumerics_of(text)
            starts = range(len(bare) - PIECE + 1)
            known = (start for start in starts if bare[start : start + PIECE] in self._pieces)
            found += [(places[start], places[start + PIECE - 1] + 1) for start in known]
        return reduce(hide_span, reversed(join_spans(found)), text)


def alphanumerics_of(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text, without case, and where each stands; quoting leaves them as they are."""
    found = [(small, place) for place, char in enumerate(text) if char.isalnum() for small in char.casefold()]
    return "".join(small for small, _ in found), [place for _, place in found]


def hide_span(text: str, span: tuple[int, int]) -> str:
    """Return a text with one span replaced by `[hidden]`."""
    return text[: span[0]] + HIDDEN + text[span[1] :]


def join_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that touch as one."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def one_of(words: set[str]) -> list[re.Pattern[str]]:
    """Return a pattern for any of these words, the shortest of them as whole words only; none for none."""
    longest_first = sorted(words, key=len, reverse=True)
    patterns = [rf"(?<!\w){re.escape(word)}(?!\w)" if len(word) <= WORD else re.escape(word) for word in longest_first]
    return [re.compile("|".join(patterns), re.IGNORECASE)] if patterns else []


def spellings(value: str) -> set[str]:
    """Return how a value may stand in a text: as it is or normalised; in a URL, HTML, JSON, or Python's own quotes."""
    found = set()
    for one in {value, *(unicodedata.normalize(form, value) for form in ("NFC", "NFKC"))}:
        octets = one.encode("utf-8", "replace")
        found |= {one, quote(octets, safe=""), quote_plus(octets), html.escape(one), json.dumps(one)[1:-1]}
        found |= {repr(one)[1:-1], ascii(one)[1:-1], repr(octets)[2:-1]}
    return found


BY_ITS_LOOKS = Redactor()
