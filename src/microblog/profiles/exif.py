"""The one thing that counts of Exif: how the camera was held. Whatever else is noted there is not even read.

A reader that reads it all can be made to take any memory: sixty thousand notes may all lie in the same 4 MB.
"""

import struct

ORIENTATION, SHORT = 0x0112, 3
NOTE = 12  # bytes: tag, type, count, and the value itself where it is as small as this one
ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
UPRIGHT = 1


def orientation(exif: bytes) -> int:
    """Return how the camera was held, upright where nothing readable says so. See the Exif standard, tag 0x0112."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = ORDERS.get(tiff[:4])
    try:
        return in_order(order, tiff) if order else UPRIGHT
    except struct.error:  # it breaks off
        return UPRIGHT


def in_order(order: str, tiff: bytes) -> int:
    """Look for it in the first list of notes, whose bytes are in this order."""
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for place in range(start + 2, start + 2 + count * NOTE, NOTE):
        tag, kind, values, value = struct.unpack_from(f"{order}HHIH", tiff, place)
        if tag == ORIENTATION:
            return int(value) if (kind, values) == (SHORT, 1) else UPRIGHT
    return UPRIGHT
