"""Check a JPEG before it is decoded: drop its metadata, and refuse it if decoding would take too long.

A decoder goes over all pixels once for each scan, and a file of 5 MB has room for a hundred thousand of them. Pillow
reads notes (Exif and others) as soon as it sees them, whatever they say of their size.
"""

import re
import struct
from dataclasses import dataclass

from microblog.profiles import icc
from microblog.profiles.errors import PictureInParts

BEGINNING = b"\xff\xd8\xff"
MOST_SEGMENTS = 1000
MOST_SCANS = 100  # a progressive JPEG has some ten
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")  # one that has a length behind it, or ends the picture
END, SCAN, EXIF, PROFILE = 0xD9, 0xDA, 0xE1, 0xE2
THE_END = b"\xff\xd9"
BABBLE = bytes(range(0x41, 0x61))
NOISE = BABBLE + b"".join(bytes([0xFF, restart]) + BABBLE for restart in range(0xD0, 0xD8))
NOTES = {*range(0xE1, 0xEE), 0xEF, 0xFE}  # not the two that say how colours are to be read
EXIF_BEGINS = b"Exif\0\0"
PROFILE_BEGINS = b"ICC_PROFILE\0"


@dataclass(frozen=True)
class Bare:
    """A JPEG without its notes, and which of them count."""

    content: bytes
    exif: bytes
    profile: bytes | None
    ended: bool
    """It has the marker that a JPEG ends with."""


def without_notes(upload: bytes) -> Bare:
    """Take its notes out of a JPEG.

    Raises:
        PictureInParts: it is made of too many parts.
    """
    kept, exif, pieces, began, scans = [upload[:2]], b"", list[bytes](), 0, 0
    found, ended = segments(upload)
    for count, (kind, start, end) in enumerate(found):
        scans += kind == SCAN
        if count > MOST_SEGMENTS or scans > MOST_SCANS:
            raise PictureInParts
        began = began or (start if scans else 0)
        if not scans and kind not in NOTES:
            kept.append(upload[start:end])
        if kind == EXIF and not exif and upload.startswith(EXIF_BEGINS, start + 4):
            exif = upload[start + 4 : end]
        if kind == PROFILE and upload.startswith(PROFILE_BEGINS, start + 4):
            pieces.append(upload[start + 4 + len(PROFILE_BEGINS) : end])
    return Bare(b"".join(kept) + (upload[began:] if began else b""), exif, profile_in(pieces), ended)


def segments(upload: bytes) -> tuple[list[tuple[int, int, int]], bool]:
    """Return kind, start and end of the segments of a JPEG, as far as one more than a picture may have.

    And whether its end was seen.
    """
    found: list[tuple[int, int, int]] = []
    place = 2
    while len(found) <= MOST_SEGMENTS + 1 and (marker := MARKER.search(upload, place)):
        if marker[1][0] == END:
            return found, True
        length = struct.unpack_from(">H", upload, marker.end())[0] if marker.end() + 2 <= len(upload) else 0
        place = marker.end() + max(2, length)
        found.append((marker[1][0], marker.start(), place))
    return found, False


def profile_in(pieces: list[bytes]) -> bytes | None:
    """Join the pieces of a profile, each of which says which of how many it is (ICC.1:2022, annex B.4)."""
    numbered = {piece[0]: piece[2:] for piece in pieces if len(piece) > 2}  # noqa: PLR2004
    whole = len(pieces) == len(numbered) and sorted(numbered) == list(range(1, len(pieces) + 1))
    if not whole or any(piece[1] != len(pieces) for piece in pieces):
        return None
    profile = b"".join(numbered[number] for number in sorted(numbered))
    return profile if 0 < len(profile) <= icc.LARGEST else None


def with_end(content: bytes, before: bytes = b"") -> bytes:
    """Give a JPEG the end it lacks. What was cut off of its pixels shows: they are others with `NOISE` before it."""
    return content.rstrip(b"\xff") + before + THE_END
