"""Encoded words (RFC 2047): text beyond ASCII in a header, in pieces that never part a character."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from string import ascii_letters, digits

LONGEST_WORD = 75  # RFC 2047 section 2
FRAME = len("=?utf-8?q??=")
PLAIN = (ascii_letters + digits + "!*+-/").encode()  # what the strictest place, a phrase, allows as it is
QUOTED = [chr(octet) if octet in PLAIN else "_" if octet == ord(" ") else f"={octet:02X}" for octet in range(256)]
# Control characters, line and paragraph separators, and the marks that turn the direction of all that follows. Those
# that join two emoji into one are left alone.
UNFIT = re.compile(r"[\0- \x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """Return text as it may stand in a header: on one line, its words one space apart."""
    return UNFIT.sub(" ", text).strip()


def to_utf8(text: str) -> bytes:
    """Return text as UTF-8.

    Raises:
        ValueError: for a lone surrogate, which is half a character.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a letter cannot carry half a character (a lone surrogate)") from error


def encoded_words(text: str, room: int) -> list[str]:
    """Return text as encoded words, Q or B, whichever is shorter. The first has `room` characters and a space's."""
    data = to_utf8(text)
    sizes = room - 1 - FRAME, LONGEST_WORD - FRAME
    if len(data) + 2 * len(data.translate(None, PLAIN + b" ")) <= len(data) * 4 / 3:
        chars = ("".join(QUOTED[octet] for octet in char.encode()).encode() for char in text)
        return [f"=?utf-8?q?{piece.decode()}?=" for piece in pack_pieces(chars, *sizes)]
    chars = (char.encode() for char in text)
    return [
        f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in pack_pieces(chars, *(size // 4 * 3 for size in sizes))
    ]


def pack_pieces(pieces: Iterable[bytes], first: int, rest: int) -> Iterator[bytes]:
    """Join pieces into as few as fit: the first result `first` octets long at most, the others `disconnect`."""
    chunk, room = b"", first
    for piece in pieces:
        if len(chunk) + len(piece) > room:
            yield chunk
            chunk, room = b"", rest
        chunk += piece
    yield chunk
