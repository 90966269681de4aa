"""Pictures of every kind that somebody might upload, made for tests."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 30), (30, 30, 200)


def saved(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    """Return the file of an image."""
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def plain(width: int = 300, height: int = 200, colour: tuple[int, ...] = RED, kind: str = "PNG", **how: Any) -> bytes:
    """Return a picture of one colour."""
    return saved(Image.new("RGB", (width, height), colour), kind, **how)


def halves() -> Image.Image:
    """Return a picture that is red above and blue below."""
    image = Image.new("RGB", (300, 300), RED)
    image.paste(BLUE, (0, 150, 300, 300))
    return image


def png_head(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large, and has nothing to show for it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def webp_head(width: int, height: int) -> bytes:
    """Return a moving WebP that says it is so large, with a first view of 16 by 16."""
    still = saved(Image.new("RGBA", (16, 16), (1, 2, 3, 4)), "WEBP", lossless=True)[12:]
    view = bytes(6) + three(15) + three(15) + three(1) + b"\0" + still
    parts = (
        (b"VP8X", bytes([0x12, 0, 0, 0]) + three(width - 1) + three(height - 1)),
        (b"ANIM", bytes(6)),
        (b"ANMF", view),
    )
    body = b"WEBP" + b"".join(name + struct.pack("<I", len(content)) + content for name, content in parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def three(number: int) -> bytes:
    """Return a number in three bytes."""
    return struct.pack("<I", number)[:3]


def shown(avatar: bytes) -> Image.Image:
    """Return what an avatar shows."""
    return Image.open(io.BytesIO(avatar))


def colour_at(avatar: bytes, across: float, down: float) -> str:
    """Return which of red, green, blue or paper is seen at a place, from 0 to 1."""
    image = shown(avatar).convert("RGB")
    pixel = image.getpixel((int(across * (image.width - 1)), int(down * (image.height - 1))))
    assert isinstance(pixel, tuple)
    known = {"red": RED, "green": GREEN, "blue": BLUE, "paper": (247, 244, 238)}
    return min(known, key=lambda name: sum(abs(a - b) for a, b in zip(known[name], pixel, strict=True)))


def scanned(times: int) -> bytes:
    """Return a JPEG that is read this many times more than it need be: each scan says that nothing changes."""
    picture = saved(Image.new("L", (800, 800)), "JPEG", progressive=True)[:-2]
    table = b"\xff\xc4" + struct.pack(">H", 20) + b"\x10\x01" + bytes(15) + b"\xd0"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x10" + b"\x7f\xff\0"  # sixteen thousand blocks as they were
    return picture + table + times * scan + b"\xff\xd9"


def many_notes(notes: int, size: int) -> bytes:
    """Return Exif of many notes that all lie in the same bytes."""
    listed = b"".join(struct.pack(">HHII", 1000 + number, 7, size, 8) for number in range(notes))
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, notes) + listed + bytes(4 + size)


def with_notes(kind: str, exif: bytes) -> bytes:
    """Return a small picture that has this Exif, in a JPEG in as many pieces as it needs."""
    if kind != "JPEG":
        return plain(kind=kind, exif=exif)
    pieces = (exif[6:][start : start + 65_000] for start in range(0, len(exif), 65_000))
    segments = (b"\xff\xe1" + struct.pack(">H", len(piece) + 8) + b"Exif\0\0" + piece for piece in pieces)
    return b"\xff\xd8" + b"".join(segments) + plain(kind=kind)[20:]  # no head of JFIF, or nobody would ask Exif


def profile(space: bytes = b"RGB ", kind: bytes = b"mntr", connecting: bytes = b"XYZ ", **tags: bytes) -> bytes:
    """Return a colour profile with these tags."""
    listed, contents, place = b"", b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        listed += name.encode() + struct.pack(">II", place + len(contents), len(content))
        contents += content + bytes(-len(content) % 4)
    size = place + len(contents)
    head = struct.pack(">I4xI4s4s4s12x4s", size, 0x02100000, kind, space, connecting, b"acsp").ljust(68, b"\0")
    light = struct.pack(">3i", 63190, 65536, 54061)
    return head + light + bytes(48) + struct.pack(">I", len(tags)) + listed + contents


def curve(exponent: float) -> bytes:
    """Return a tag that says what power makes light of the values."""
    return b"curv" + struct.pack(">IIH", 0, 1, round(exponent * 256))


def xyz(*values: float) -> bytes:
    """Return a tag that names a colour."""
    return b"XYZ " + struct.pack(">I3i", 0, *(round(value * 65536) for value in values))


def rgb_profile(
    primaries: tuple[bytes, bytes, bytes], exponent: float = 2.2, more: dict[str, bytes] | None = None
) -> bytes:
    """Return a profile of three primaries, named as seen under D50."""
    bends = {name: curve(exponent) for name in ("rTRC", "gTRC", "bTRC")}
    red, green, blue = primaries
    return profile(rXYZ=red, gXYZ=green, bXYZ=blue, wtpt=xyz(0.9642, 1, 0.8249), **bends, **(more or {}))


DISPLAY_P3 = (xyz(0.51512, 0.24120, -0.00105), xyz(0.29198, 0.69225, 0.04189), xyz(0.15710, 0.06657, 0.78407))
ADOBE_RGB = (xyz(0.60974, 0.31111, 0.01947), xyz(0.20528, 0.62567, 0.06087), xyz(0.14919, 0.06322, 0.74457))


def press_profile(grid: int = 2) -> bytes:
    """Return a profile of a press whose four inks all make green, the more of them the darker."""
    nodes = bytearray()
    for node in range(16):
        light = 220 - 40 * node.bit_count()
        nodes += bytes([light, 128 - 60, 128 + 50]) if node else bytes([255, 128, 128])
    straight = bytes(range(256))
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1" + bytes(4) + bytes([4, 3, grid, 0]) + matrix + 4 * straight + bytes(nodes) + 3 * straight
    return profile(b"CMYK", b"prtr", b"Lab ", A2B0=table, wtpt=xyz(0.9642, 1, 0.8249))


def png_with(*chunks: tuple[bytes, bytes], colour: tuple[int, ...] = RED) -> bytes:
    """Return a PNG of one colour with these chunks behind its head."""
    png = plain(64, 64, colour)
    return png[:33] + b"".join(chunk(*each) for each in chunks) + png[33:]


def jpeg_with(*segments: bytes, colour: tuple[int, ...] = RED) -> bytes:
    """Return a JPEG of one colour with these pieces of a profile in it."""
    jpeg = plain(64, 64, colour, "JPEG", quality=100, subsampling=0)
    parts = (b"\xff\xe2" + struct.pack(">H", len(each) + 14) + b"ICC_PROFILE\0" + each for each in segments)
    return jpeg[:2] + b"".join(parts) + jpeg[2:]
