"""What a file says of its colours: they are shown as it means them, and nothing in it harms or hinders."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from microblog.profiles import icc
from microblog.profiles.pictures import make_avatar
from support.pictures import (
    ADOBE_RGB,
    DISPLAY_P3,
    GREEN,
    RED,
    chunk,
    colour_at,
    curve,
    jpeg_with,
    plain,
    png_with,
    press_profile,
    profile,
    rgb_profile,
    saved,
    shown,
    xyz,
)

P3, ADOBE = rgb_profile(DISPLAY_P3), rgb_profile(ADOBE_RGB, 2.19921875)
GREY = profile(b"GRAY", kTRC=curve(1), wtpt=xyz(0.9642, 1, 0.8249))
DULL = (180, 150, 120)
LINEAR = (b"gAMA", struct.pack(">I", 100_000))
OF_ADOBE = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))
OF_SRGB = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
USUAL = (b"gAMA", struct.pack(">I", 45_455))


def middle(avatar: bytes) -> tuple[int, ...]:
    pixel = shown(avatar).convert("RGB").getpixel((128, 128))
    assert isinstance(pixel, tuple)
    return pixel


def near(pixel: tuple[int, ...], meant: tuple[int, ...], by: int = 5) -> bool:
    return all(abs(a - b) <= by for a, b in zip(pixel, meant, strict=True))


def iccp(content: bytes) -> tuple[bytes, bytes]:
    return b"iCCP", b"name\0\0" + zlib.compress(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("described", "stored", "meant"),
    [
        (P3, (200, 60, 60), (219, 37, 49)),
        (P3, (60, 200, 60), (0, 205, 0)),
        (P3, (128, 128, 128), (129, 129, 129)),
        (ADOBE, DULL, (192, 151, 119)),
        (ADOBE, (100, 180, 100), (0, 181, 94)),
    ],
)
def test_colours_are_those_that_the_profile_means(
    kind: str, described: bytes, stored: tuple[int, ...], meant: tuple[int, ...]
) -> None:
    how = {"lossless": True} if kind == "WEBP" else {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    avatar = make_avatar(plain(64, 64, stored, kind, icc_profile=described, **how))
    assert near(middle(avatar), meant), middle(avatar)
    assert "icc_profile" not in shown(avatar).info
    assert near(middle(make_avatar(plain(64, 64, stored, kind, **how))), stored)


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "L"])
def test_every_kind_of_png_can_have_a_profile(mode: str) -> None:
    grey = GREY if mode.startswith("L") else rgb_profile(DISPLAY_P3, 1)
    image = Image.new("RGBA", (64, 64), (55, 55, 55, 255))
    image.paste((0, 0, 0, 0), (0, 32, 64, 64))
    flat = image.convert(mode) if mode != "P" else image.quantize(8)
    avatar = make_avatar(saved(flat, icc_profile=grey))
    pixel = shown(avatar).convert("RGB").getpixel((128, 40))
    assert isinstance(pixel, tuple)
    assert near(pixel, (128, 128, 128), 8), pixel
    assert (colour_at(avatar, 0.5, 0.9) == "paper") == (mode != "L")


def test_a_profile_in_pieces_is_read_in_their_order() -> None:
    first, second = b"\1\2" + P3[:200], b"\2\2" + P3[200:]
    for upload in (jpeg_with(first, second), jpeg_with(second, first), jpeg_with(b"\1\1" + P3)):
        assert near(middle(make_avatar(upload)), (220, 0, 0), 8)
    for broken in (jpeg_with(first), jpeg_with(first, first), jpeg_with(first, b"\2\3" + P3[200:]), jpeg_with(b"\1")):
        assert near(middle(make_avatar(broken)), RED)


@pytest.mark.parametrize(
    ("chunks", "stored", "meant"),
    [
        ([LINEAR], (55, 55, 55), (128, 128, 128)),
        ([LINEAR, OF_SRGB], (55, 10, 55), (128, 56, 128)),
        ([USUAL, OF_ADOBE], DULL, (192, 151, 119)),
        ([USUAL, OF_SRGB], DULL, DULL),
        ([USUAL], DULL, DULL),
        ([OF_ADOBE], DULL, DULL),
        ([LINEAR, (b"sRGB", b"\0")], DULL, DULL),
        ([LINEAR, iccp(ADOBE)], DULL, (192, 151, 119)),
    ],
)
def test_gamma_and_primaries_of_a_png_count_where_nothing_outranks_them(
    chunks: list[tuple[bytes, bytes]], stored: tuple[int, ...], meant: tuple[int, ...]
) -> None:
    avatar = make_avatar(png_with(*chunks, colour=stored))
    assert near(middle(avatar), meant), middle(avatar)


def test_inks_are_those_of_the_press() -> None:
    inks = Image.new("CMYK", (64, 64), (255, 0, 0, 0))
    cyan = middle(make_avatar(saved(inks, "JPEG", quality=100)))
    assert cyan[2] > 200
    printed = make_avatar(saved(inks, "JPEG", quality=100, icc_profile=press_profile()))
    assert colour_at(printed, 0.5, 0.5) == "green"
    assert max(middle(printed)) == middle(printed)[1]


def without_adobe(jpeg: bytes) -> bytes:
    start = jpeg.index(b"\xff\xee\0\x0eAdobe")
    return jpeg[:start] + jpeg[start + 16 :]


@pytest.mark.parametrize("inks", [(0, 255, 255, 40), (20, 255, 255, 0)])
def test_inks_are_turned_around_only_where_adobe_says_so(inks: tuple[int, ...]) -> None:
    image = Image.new("CMYK", (64, 64), inks)
    adobes = saved(image, "JPEG", quality=100)  # as Photoshop does: what is left of the paper
    others = without_adobe(saved(ImageChops.invert(image), "JPEG", quality=100))
    for upload in (adobes, others):
        assert colour_at(make_avatar(upload), 0.5, 0.5) == "red"
    profiled = without_adobe(saved(ImageChops.invert(image), "JPEG", quality=100, icc_profile=press_profile()))
    assert colour_at(make_avatar(profiled), 0.5, 0.5) == "green"


def program(steps: int) -> bytes:
    """A tag whose steps all lie in the same bytes: half a million of them would take a quarter of an hour."""
    step = b"matf" + bytes(4) + struct.pack(">HH12f", 3, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
    return b"mpet" + bytes(4) + struct.pack(">HHI", 3, 3, steps) + steps * struct.pack(">II", 16 + 8 * steps, 60) + step


def with_tag(content: bytes, name: str = "none") -> bytes:
    """A good profile with one more tag, by default one that no library reads."""
    described = rgb_profile(DISPLAY_P3, more={name: content})
    return described[:8] + b"\4\x30\0\0" + described[12:]


HOSTILE = {
    "nothing": b"",
    "text": b"no profile" * 40,
    "cut": P3[:150],
    "cut in its tags": P3[:-20],
    "of another class": P3.replace(b"mntr", b"link", 1),
    "of another space": P3.replace(b"RGB ", b"Lab ", 1),
    "for inks": press_profile(),
    "with a tag beyond its end": P3[:-200] + bytes(100),
    "with a program": with_tag(program(3), "D2B0"),
    "with a grid larger than itself": with_tag(b"mft1\0\0\0\0\3\3\xff\0" + bytes(2000)),
    "with a wide grid": with_tag(b"mft2\0\0\0\0\3\3\xff\0" + bytes(2000)),
    "with curves longer than itself": with_tag(b"mft2\0\0\0\0\3\3\2\0" + b"\xff" * 1000),
    "with another grid": with_tag(
        b"mAB \0\0\0\0\3\3\0\0" + struct.pack(">5I", 0, 0, 0, 32, 0) + b"\xff" * 16 + b"\2" + bytes(99)
    ),
    "of sixteen colours": with_tag(b"mft1\0\0\0\0\x0f\3\2\0" + bytes(200_000)),
    "of many tags": rgb_profile(DISPLAY_P3, more={f"t{number:03}": curve(1) for number in range(100)}),
    "that says it has more": P3[:128] + b"\xff" * 4 + P3[132:],
    "without a gamma": rgb_profile(DISPLAY_P3).replace(b"rTRC", b"xTRC"),
    "with a broken tag": P3.replace(b"curv", b"vruc"),
    "larger than any": P3 + bytes(icc.LARGEST),
}


def test_one_more_tag_that_is_as_large_as_it_says_harms_no_profile() -> None:
    for tag in (b"text" + bytes(9), b"mft1\0\0\0\0\3\3\2\0" + bytes(3000)):
        assert near(middle(make_avatar(png_with(iccp(with_tag(tag)), colour=(200, 60, 60)))), (219, 37, 49))


@pytest.mark.parametrize("described", HOSTILE.values(), ids=HOSTILE)
def test_a_profile_that_is_not_to_be_trusted_is_none(described: bytes) -> None:
    assert near(middle(make_avatar(png_with(iccp(described), colour=DULL))), DULL)
    pieces = [described[start : start + 60_000] for start in range(0, len(described), 60_000)]
    numbered = [bytes([number, len(pieces)]) + piece for number, piece in enumerate(pieces, 1)]
    assert near(middle(make_avatar(jpeg_with(*numbered, colour=DULL))), DULL)


@pytest.mark.parametrize(
    "chunk_",
    [
        (b"iCCP", b""),
        (b"iCCP", b"name"),
        (b"iCCP", b"name\0\1abc"),
        (b"iCCP", b"name\0\0" + zlib.compress(bytes(200_000_000), 1)[:500_000]),
        (b"gAMA", b""),
        (b"gAMA", bytes(4)),
        (b"gAMA", b"\xff" * 4),
        (b"gAMA", b"\0\0\0\1"),
        (b"cHRM", b"\xff" * 32),
    ],
)
def test_a_chunk_that_makes_no_sense_says_nothing(chunk_: tuple[bytes, bytes]) -> None:
    assert near(middle(make_avatar(png_with(chunk_, colour=DULL))), DULL)


@pytest.mark.parametrize(
    "numbers", [[0] * 8, [33333] * 8, [99999] * 8, [1] * 8, [31270, 1, *[50000, 1] * 3], range(1, 9)]
)
def test_primaries_that_no_light_can_have_say_nothing_that_harms(numbers: list[int]) -> None:
    upload = png_with(LINEAR, (b"cHRM", struct.pack(">8I", *numbers)), colour=DULL)
    assert shown(make_avatar(upload)).size == (256, 256)


def test_a_chunk_of_colours_with_a_wrong_checksum_keeps_no_picture_out() -> None:
    upload = png_with(LINEAR)
    assert make_avatar(upload.replace(chunk(*LINEAR), chunk(*LINEAR)[:-4] + b"oops"))


PROFILES = [P3, GREY, press_profile(), rgb_profile(ADOBE_RGB, more={"A2B0": press_profile()[156:]})]
CHANGES = st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=4)), min_size=1, max_size=8)


@given(st.sampled_from(PROFILES), CHANGES, st.sampled_from(["RGB", "L", "CMYK"]))
@settings(max_examples=150, deadline=None)
def test_whatever_is_broken_in_a_profile_its_picture_is_shown(
    good: bytes, changes: list[tuple[int, bytes]], mode: str
) -> None:
    broken = bytearray(good)
    for place, content in changes:
        start = place % len(broken)
        broken[start : start + len(content)] = content
    upload = saved(Image.new(mode, (32, 32), GREEN if mode == "RGB" else None), "JPEG", icc_profile=bytes(broken))
    assert shown(make_avatar(upload)).size == (256, 256)
