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
