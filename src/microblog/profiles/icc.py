"""Colour profiles (ICC.1:2022, the standard of the International Color Consortium), before a library reads them.

What is uploaded may be made to take any time. A profile is used only where its tables are as large as they say, it has
few of them, and none of those that are programs of their own (multiProcessElements). All else is a picture without one.
"""

import struct
from dataclasses import dataclass
from math import prod

LARGEST = 4 * 1024 * 1024  # bytes; the largest in common use, of printing presses, have 2 MB or a little more
MOST_TAGS = 100
HEAD, TAG = 128, 12  # bytes
CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
SPACES = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}
CONNECTING = {b"XYZ ": 3, b"Lab ": 3}
A_PROGRAM = b"mpet"
D50 = (0.9642, 1.0, 0.8249)
Matrix = tuple[tuple[float, ...], ...]
BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def usable_space(profile: bytes) -> bytes | None:
    """Return the colours that a profile describes, one of `SPACES`; None where it is not to be used."""
    if not HEAD + 4 < len(profile) <= LARGEST:
        return None
    kind, space, connecting = profile[12:16], profile[16:20], profile[20:24]
    known = kind in CLASSES and space in SPACES and connecting in CONNECTING and profile[36:40] == b"acsp"
    try:
        return space if known and all(is_bearable(tag, SPACES[space]) for tag in tags(profile)) else None
    except (struct.error, IndexError):  # it breaks off
        return None


def tags(profile: bytes) -> list[bytes]:
    """Return the content of each tag; more than there may be are one that cannot be borne."""
    (count,) = struct.unpack_from(">I", profile, HEAD)
    if count > MOST_TAGS:
        return [A_PROGRAM]
    listed = [struct.unpack_from(">II", profile, HEAD + 8 + number * TAG) for number in range(count)]
    return [profile[start : start + size] if start + size <= len(profile) else A_PROGRAM for start, size in listed]


def is_bearable(tag: bytes, channels: int) -> bool:
    """Tell whether a tag can be read in a time and a memory that its own size bounds."""
    kind = tag[:4]
    if kind in (b"mft1", b"mft2"):
        wide = 1 if kind == b"mft1" else 2
        from_, to, grid = tag[8], tag[9], tag[10]
        entries, ends = (256, 256) if wide == 1 else (int.from_bytes(tag[48:50]), int.from_bytes(tag[50:52]))
        start = 48 if wide == 1 else 52
        fits = start + wide * (entries * from_ + prod([grid] * from_) * to + ends * to) <= len(tag)
        return (from_, to) in ((channels, 3), (3, channels)) and fits
    if kind in (b"mAB ", b"mBA "):
        from_, to = tag[8], tag[9]
        return (from_, to) in ((channels, 3), (3, channels)) and grid_fits(tag, from_, to)
    return kind != A_PROGRAM


def grid_fits(tag: bytes, from_: int, to: int) -> bool:
    """Tell whether the grid of a tag, if it has one, is as large as it says."""
    start = int.from_bytes(tag[24:28])
    if not start:
        return True
    points, wide = tag[start : start + from_], tag[start + 16]
    return start + 20 + prod(points) * to * wide <= len(tag)


@dataclass(frozen=True)
class Chromaticities:
    """White, red, green and blue, each as x and y of CIE 1931."""

    white: tuple[float, float]
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]

    def near(self, other: "Chromaticities") -> bool:
        """Tell whether nobody could see the difference."""
        pairs = zip(self.points, other.points, strict=True)
        return all(abs(a - b) < 0.002 for one, two in pairs for a, b in zip(one, two, strict=True))  # noqa: PLR2004

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """All four of them."""
        return self.white, self.red, self.green, self.blue


SRGB = Chromaticities((0.3127, 0.3290), (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))


def made_of(primaries: Chromaticities, exponent: float) -> bytes | None:
    """Return a profile of these colours, linear light being the values to this power; None where there is none."""
    try:
        columns = transpose(adapt_to_d50(primaries))
        curve = b"curv" + struct.pack(">IIH2x", 0, 1, round(exponent * 256))
        contents = [b"XYZ " + struct.pack(">I3i", 0, *map(to_fixed_point, column)) for column in (*columns, D50)]
    except (ArithmeticError, struct.error):
        return None
    names = (b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"rTRC", b"gTRC", b"bTRC")
    data = HEAD + 4 + TAG * len(names)
    starts = [data + 20 * number for number in range(4)] + [data + 80] * 3
    sizes = [20] * 4 + [len(curve) - 2] * 3
    listed = b"".join(map(struct.Struct(">4sII").pack, names, starts, sizes))
    body = struct.pack(">I", len(names)) + listed + b"".join(contents) + curve
    head = struct.pack(">I4xI4s4s4s12x4s", HEAD + len(body), 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return head.ljust(68, b"\0") + struct.pack(">3i", *map(to_fixed_point, D50)) + bytes(HEAD - 80) + body


def to_fixed_point(number: float) -> int:
    """Return a number as the standard writes it, with sixteen bits behind the point."""
    return round(number * 65536)


def adapt_to_d50(primaries: Chromaticities) -> Matrix:
    """Return what makes XYZ, as seen under D50, of linear red, green and blue."""
    white = xyz(primaries.white)
    rgb = transpose(tuple(xyz(point) for point in primaries.points[1:]))
    amounts = times(inverse(rgb), white)
    scaled = tuple(tuple(value * amount for value, amount in zip(row, amounts, strict=True)) for row in rgb)
    gains = [to / seen for to, seen in zip(times(BRADFORD, D50), times(BRADFORD, white), strict=True)]
    cones = tuple(tuple(gain * value for value in row) for gain, row in zip(gains, BRADFORD, strict=True))
    to_d50 = transpose(tuple(times(inverse(BRADFORD), column) for column in transpose(cones)))
    return transpose(tuple(times(to_d50, column) for column in transpose(scaled)))


def xyz(point: tuple[float, float]) -> tuple[float, float, float]:
    """Return a chromaticity as XYZ of luminance one."""
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def transpose(matrix: Matrix) -> Matrix:
    """Return the columns of a matrix as its rows."""
    return tuple(zip(*matrix, strict=True))


def times(matrix: Matrix, column: tuple[float, ...]) -> tuple[float, ...]:
    """Multiply a matrix by a column."""
    return tuple(sum(a * b for a, b in zip(row, column, strict=True)) for row in matrix)


def inverse(matrix: Matrix) -> Matrix:
    """Invert a matrix of three by three, by its adjugate."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    minors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    whole = a * minors[0][0] + b * minors[1][0] + c * minors[2][0]
    return tuple(tuple(minor / whole for minor in row) for row in minors)
