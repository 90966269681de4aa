"""A PNG before anything decodes it: without what it says of its colours, which is read here, and with care.

Pillow refuses a picture whose profile is large or broken. Such a picture is shown, only without its profile.
"""

import struct
import zlib
from collections.abc import Iterator

from microblog.profiles import icc

BEGINNING = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 1000  # before the pixels; there are some twenty kinds
OF_COLOURS = (b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP")
PIXELS = b"IDAT"
EXPONENT_OF_SRGB, NEAR = 2.2, 0.01
LEAST_EXPONENT, MOST_EXPONENT = 0.2, 10.0


def without_colours(upload: bytes) -> tuple[bytes, bytes | None]:
    """Return a PNG without what it says of its colours, and the profile that says the same, if there is any."""
    kept, said, end = [BEGINNING], dict[bytes, bytes](), len(BEGINNING)
    for kind, start, after in chunks(upload):
        if kind in OF_COLOURS:
            said.setdefault(kind, upload[start + 8 : after - 4])
        else:
            kept.append(upload[start:after])
        end = after
    return b"".join(kept) + upload[end:], profile_of(said)


def chunks(upload: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of the chunks before the pixels, as far as they are whole."""
    place = len(BEGINNING)
    for _ in range(MOST_CHUNKS):
        if place + 12 > len(upload):
            return
        length, kind = struct.unpack_from(">I4s", upload, place)
        after = place + 12 + length
        if kind == PIXELS or after > len(upload):
            return
        yield kind, place, after
        place = after


def profile_of(said: dict[bytes, bytes]) -> bytes | None:
    """Return the profile a PNG has, or else one made of its gamma and primaries (PNG, Third Edition, 4.3)."""
    if b"iCCP" in said:
        return decompress_profile(said[b"iCCP"])
    exponent = exponent_of(said.get(b"gAMA", b""))
    if exponent is None or b"sRGB" in said or b"cICP" in said:
        return None
    primaries = primaries_of(said.get(b"cHRM", b""))
    if primaries.near(icc.SRGB) and abs(exponent - EXPONENT_OF_SRGB) < NEAR:
        return None
    return icc.made_of(primaries, exponent)


def decompress_profile(chunk: bytes) -> bytes | None:
    """Unpack a profile, unless it is larger than any is."""
    packed = chunk.partition(b"\0")[2][1:]
    try:
        profile = zlib.decompressobj().decompress(packed, icc.LARGEST + 1)
    except zlib.error:
        return None
    return profile if len(profile) <= icc.LARGEST else None


def exponent_of(chunk: bytes) -> float | None:
    """Return the power that makes linear light of the values."""
    if len(chunk) != 4 or not (gamma := int.from_bytes(chunk)):  # noqa: PLR2004 - bytes
        return None
    exponent = 100_000 / gamma
    return exponent if LEAST_EXPONENT <= exponent <= MOST_EXPONENT else None


def primaries_of(chunk: bytes) -> icc.Chromaticities:
    """Return white and primaries; where they are not said, or nonsense, those of sRGB."""
    if len(chunk) != 32:  # noqa: PLR2004 - bytes
        return icc.SRGB
    numbers = [number / 100_000 for number in struct.unpack(">8I", chunk)]
    if not all(0 < number < 1 for number in numbers):
        return icc.SRGB
    white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
    return icc.Chromaticities(white, red, green, blue)
