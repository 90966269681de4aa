"""A JPEG before anything decodes it: without its notes, and refused where decoding it would take for ever.

A decoder goes over all pixels once for each scan, and a file of 5 MB has room for a hundred thousand of them. Pillow
reads notes (Exif and others) as soon as it sees them, whatever they say of their size.
"""

import re
import struct

from microblog.profiles.errors import PictureRefused

BEGINNING = b"\xff\xd8\xff"
MOST_SEGMENTS = 1000
MOST_SCANS = 100  # a progressive JPEG has some ten
TOO_MANY_PARTS = "This file is made of more parts than a picture has. Please save the picture anew, as a plain JPEG."
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")  # one that has a length behind it, or ends the picture
END, SCAN, EXIF = 0xD9, 0xDA, 0xE1
NOTES = {*range(0xE1, 0xEE), 0xEF, 0xFE}  # not the two that say how colours are to be read
EXIF_BEGINS = b"Exif\0\0"


def without_notes(upload: bytes) -> tuple[bytes, bytes]:
    """Return a JPEG without its notes, and its Exif.

    Raises:
        PictureRefused: it is made of too many parts.
    """
    kept, exif, began, scans = [upload[:2]], b"", 0, 0
    for count, (kind, start, end) in enumerate(segments(upload)):
        scans += kind == SCAN
        if count > MOST_SEGMENTS or scans > MOST_SCANS:
            raise PictureRefused(TOO_MANY_PARTS)
        began = began or (start if scans else 0)
        if not scans and kind not in NOTES:
            kept.append(upload[start:end])
        if kind == EXIF and not exif and upload.startswith(EXIF_BEGINS, start + 4):
            exif = upload[start + 4 : end]
    return b"".join(kept) + (upload[began:] if began else b""), exif


def segments(upload: bytes) -> list[tuple[int, int, int]]:
    """Return kind, start and end of the segments of a JPEG, as far as one more than a picture may have."""
    found: list[tuple[int, int, int]] = []
    place = 2
    while len(found) <= MOST_SEGMENTS + 1 and (marker := MARKER.search(upload, place)) and marker[1][0] != END:
        length = struct.unpack_from(">H", upload, marker.end())[0] if marker.end() + 2 <= len(upload) else 0
        place = marker.end() + max(2, length)
        found.append((marker[1][0], marker.start(), place))
    return found
