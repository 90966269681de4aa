"""Uploaded pictures: what is refused and in which words, and that nothing of the file but its pixels is kept."""

import re
import struct
import threading
import time
import tracemalloc
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from microblog.profiles import PictureRefused, pictures
from microblog.profiles.exif import orientation
from microblog.profiles.pictures import make_avatar
from microblog.web.server.waitress_server import THREADS
from microblog.words import refusal_text
from support.pictures import (
    BLUE,
    GREEN,
    RED,
    chunk,
    colour_at,
    halves,
    many_notes,
    plain,
    png_head,
    saved,
    scanned,
    shown,
    webp_head,
    with_notes,
)
from support.refusing import refused

NOT_A_PICTURE = "cannot read this file as a picture"
DAMAGED = "damaged or not complete"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ORIENTATION, GPS = 0x0112, 0x8825


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_of_the_three_formats_becomes_a_small_square(kind: str) -> None:
    avatar = make_avatar(plain(640, 480, GREEN, kind))
    image = shown(avatar)
    assert (image.format, image.size, image.mode) == ("WEBP", (256, 256), "RGB")
    assert colour_at(avatar, 0.5, 0.5) == "green"
    assert len(avatar) < 10_000


def test_the_middle_is_shown() -> None:
    image = Image.new("RGB", (900, 300), RED)
    image.paste(GREEN, (300, 0, 600, 300))
    avatar = make_avatar(saved(image))
    assert {colour_at(avatar, across, down) for across in (0.05, 0.5, 0.95) for down in (0.05, 0.95)} == {"green"}


def with_exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010E] = "taken at home"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return saved(halves(), "JPEG", exif=exif.tobytes(), comment=b"taken at home", quality=95)


# Where the red upper half of the file belongs, for each way a camera can be held.
UPRIGHT = {1: "up", 2: "up", 3: "down", 4: "down", 5: "left", 6: "right", 7: "right", 8: "left"}
PLACES = {"up": (0.5, 0.1), "down": (0.5, 0.9), "left": (0.1, 0.5), "right": (0.9, 0.5)}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_picture_is_turned_as_the_camera_was_held(orientation: int) -> None:
    avatar, side = make_avatar(with_exif(orientation)), UPRIGHT[orientation]
    opposite = {"up": "down", "down": "up", "left": "right", "right": "left"}[side]
    assert (colour_at(avatar, *PLACES[side]), colour_at(avatar, *PLACES[opposite])) == ("red", "blue")


def test_where_and_how_it_was_taken_is_not_kept() -> None:
    upload = with_exif(6)
    assert shown(upload).getexif().get_ifd(GPS)
    avatar = make_avatar(upload)
    image = shown(avatar)
    assert not image.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    assert b"taken at home" not in avatar
    assert not any(mark in avatar for mark in (b"EXIF", b"Exif", b"XMP ", b"ICCP"))


def test_what_a_file_hides_behind_or_between_its_pixels_is_not_kept() -> None:
    script = b"<script>alert(1)</script>"
    text = chunk(b"tEXt", b"Comment\0" + script)
    png = plain()
    for polyglot in (png + script, plain(kind="JPEG") + script, png[:33] + text + png[33:]):
        assert script in polyglot
        assert b"script" not in make_avatar(polyglot)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_shown_as_it_looks(mode: str) -> None:
    white: Any = {"1": 1, "L": 255, "LA": (255, 255), "P": 0, "RGBA": (255, 255, 255, 255), "I;16": 65535}[mode]
    image = Image.new(mode, (64, 64), white)
    if mode == "P":
        image.putpalette([255, 255, 255])
    pixel = shown(make_avatar(saved(image))).getpixel((128, 128))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 250


def test_a_grey_of_sixteen_bits_is_as_dark_as_before() -> None:
    pixel = shown(make_avatar(saved(Image.new("I;16", (64, 64), 128 * 256)))).getpixel((128, 128))
    assert isinstance(pixel, tuple)
    assert all(120 < part < 136 for part in pixel)


def test_colours_for_print_are_shown_as_they_look() -> None:
    avatar = make_avatar(saved(Image.new("CMYK", (64, 64), (0, 255, 255, 40)), "JPEG"))
    assert colour_at(avatar, 0.5, 0.5) == "red"


def test_paper_is_seen_through_what_is_transparent() -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((*BLUE, 255), (0, 0, 64, 32))
    of_a_list = image.quantize(8)
    keyed = Image.new("RGB", (64, 64), GREEN)
    keyed.paste(BLUE, (0, 0, 64, 32))
    for upload in (
        saved(image),
        saved(image, "WEBP", lossless=True),
        saved(of_a_list),
        saved(keyed, transparency=GREEN),
    ):
        avatar = make_avatar(upload)
        assert (colour_at(avatar, 0.5, 0.1), colour_at(avatar, 0.5, 0.9)) == ("blue", "paper")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_view_is_shown(kind: str) -> None:
    views = [Image.new("RGB", (64, 64), colour) for colour in (RED, GREEN, BLUE)]
    avatar = make_avatar(saved(views[0], kind, save_all=True, append_images=views[1:], duration=100))
    assert colour_at(avatar, 0.5, 0.5) == "red"
    assert not getattr(shown(avatar), "is_animated", False)


def test_a_phones_picture_of_several_in_one_is_read() -> None:
    upload = saved(halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (300, 300), GREEN)])
    assert colour_at(make_avatar(upload), 0.5, 0.1) == "red"


def box(*brands: bytes) -> bytes:
    """The first box of a file as phones write them, with its brands and the version of the first."""
    content = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I", len(content) + 4) + content + b"\0\0\0\x08mdat"


OTHERS = {
    "nothing": b"",
    "text": b"This is not a picture.",
    "svg": SVG,
    "svg after space": b"  \n" + SVG,
    "a video": box(b"isom", b"iso2", b"mp41"),
    "a box of nothing": b"\0\0\0\x08ftyp",
    "pdf": b"%PDF-1.7\n",
    "html": b"<!doctype html><script>alert(1)</script>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n",
    "a png's first bytes": b"\x89PNG\r\n\x1a\n",
    "a jpeg's first bytes": b"\xff\xd8\xff\xe0",
    "a webp's first bytes": b"RIFF\0\0\0\0WEBP",
    "a gif that says it is a png": b"\x89PNG\r\n\x1a\n" + saved(Image.new("P", (64, 64)), "GIF"),
}


@pytest.mark.parametrize("upload", OTHERS.values(), ids=OTHERS)
def test_what_is_no_picture_of_the_three_formats_is_refused(upload: bytes) -> None:
    with refused(PictureRefused, NOT_A_PICTURE):
        make_avatar(upload)


NAMED = {
    "a HEIC": (
        box(b"heic", b"mif1", b"heic"),
        box(b"mif1", b"heic"),
        box(b"heix"),
        box(b"hevc"),
        box(b"msf1", b"hevc"),
        box(b"mif1"),
    ),
    "an AVIF": (box(b"avif", b"mif1", b"miaf"), box(b"mif1", b"avif"), box(b"avis")),
    "a GIF": (saved(Image.new("P", (64, 64)), "GIF"),),
    "a BMP": (saved(Image.new("RGB", (64, 64)), "BMP"),),
    "a TIFF": (saved(Image.new("RGB", (64, 64)), "TIFF"), b"MM\0*" + bytes(20)),
    "an ICO": (saved(Image.new("RGB", (64, 64)), "ICO"),),
    "a JPEG XL": (b"\xff\x0a" + bytes(20), b"\0\0\0\x0cJXL \r\n\x87\n"),
    "a JPEG 2000": (b"\0\0\0\x0cjP  \r\n\x87\n",),
    "a Photoshop": (b"8BPS\0\1",),
}


@pytest.mark.parametrize(("name", "upload"), [(name, upload) for name, several in NAMED.items() for upload in several])
def test_a_format_that_is_not_read_is_named_and_what_to_choose_instead(name: str, upload: bytes) -> None:
    words = (
        f"^This is {name} picture, which we cannot read. Please choose a JPEG, PNG or WebP picture, or save this one"
    )
    with refused(PictureRefused, words) as refusal:
        make_avatar(upload)
    assert ("iPhone" in refusal_text(refusal.value)) == (name == "a HEIC")


def noise(mode: str = "RGB") -> Image.Image:
    """A picture of which every part differs from every other."""
    return Image.effect_noise((400, 300), 60).convert(mode)


UNENDED = {
    "plain": saved(noise(), "JPEG"),
    "of several scans": saved(noise(), "JPEG", progressive=True),
    "grey": saved(noise("L"), "JPEG"),
    "of inks": saved(noise("CMYK"), "JPEG"),
    "with restarts": saved(noise(), "JPEG", restart_marker_blocks=1),
    "large": saved(noise().resize((2000, 1500)), "JPEG"),
}


@pytest.mark.parametrize("upload", UNENDED.values(), ids=UNENDED)
def test_a_jpeg_that_lacks_nothing_but_its_end_marker_is_read(upload: bytes) -> None:
    assert upload.endswith(b"\xff\xd9")
    for unended in (upload[:-2], upload[:-1]):
        assert make_avatar(unended) == make_avatar(upload)


@pytest.mark.parametrize("upload", UNENDED.values(), ids=UNENDED)
def test_a_jpeg_that_lacks_more_than_its_end_marker_is_refused(upload: bytes) -> None:
    scans = [match.start() for match in re.finditer(rb"\xff\xda", upload)]
    restarts = [match.start() for match in re.finditer(rb"\xff[\xd0-\xd7]", upload)][5::400]
    for cut in (4, 20, scans[0] - 5, scans[0] + 40, len(upload) // 2, len(upload) * 9 // 10, *restarts):
        with refused(PictureRefused, f"{DAMAGED}|{NOT_A_PICTURE}"):
            make_avatar(upload[:cut])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_breaks_off_is_refused(kind: str) -> None:
    whole = saved(Image.effect_noise((400, 400), 60).convert("RGB"), kind)
    with refused(PictureRefused, f"{DAMAGED}|{NOT_A_PICTURE}"):
        make_avatar(whole[: len(whole) // 2])


def test_a_file_over_five_megabytes_is_refused_unread() -> None:
    upload = plain() + bytes(5 * 1024 * 1024)
    with refused(PictureRefused, "5 MB at most"):
        make_avatar(upload)
    assert make_avatar(plain() + bytes(4 * 1024 * 1024))


BOMBS = {
    "png": (png_head(60_000, 60_000), "16 million in all; this one has 60,000 by 60,000"),
    "wide png": (png_head(10_000, 20), "8,000 pixels on each side .* this one has 10,000 by 20"),
    "high png": (png_head(20, 10_000), "this one has 20 by 10,000"),
    "webp": (webp_head(16_383, 16_383), "this one has 16,383 by 16,383"),
    "png of many pixels": (png_head(5_000, 5_000), "16 million in all"),
}


@pytest.mark.parametrize(("upload", "words"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_by_what_it_says_of_itself(upload: bytes, words: str) -> None:
    tracemalloc.start()
    with refused(PictureRefused, words):
        make_avatar(upload)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1_000_000


def test_a_jpeg_that_would_be_read_a_thousand_times_is_refused_before_it_is() -> None:
    assert shown(make_avatar(scanned(80))).size == (256, 256)
    for upload in (scanned(101), scanned(100_000), plain(kind="JPEG")[:20] + 2000 * b"\xff\xfe\0\2"):
        with refused(PictureRefused, "more parts than a picture has"):
            make_avatar(upload)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_notes_that_say_they_are_long_take_no_memory(kind: str) -> None:
    upload = with_notes(kind, many_notes(200, 1_000_000))
    tracemalloc.start()
    make_avatar(upload)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20_000_000


@pytest.mark.parametrize("order", ["<", ">"])
def test_how_the_camera_was_held_is_found_among_other_notes(order: str) -> None:
    listed = struct.pack(f"{order}HHIHH", 0x0110, 2, 9, 1, 0) + struct.pack(f"{order}HHIHH", ORIENTATION, 3, 1, 6, 0)
    exif = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, 2) + listed
    assert orientation(exif) == orientation(b"Exif\0\0" + exif) == 6
    for broken in (b"", exif[:7], exif[:-3], b"XX" + exif[2:], exif[:4] + b"\xff" * 30, listed):
        assert orientation(broken) == 1


def test_a_picture_ten_thousand_pixels_wide_is_refused_in_words() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        with refused(PictureRefused, r"this one has 10,000 by 100\. Please save it smaller"):
            make_avatar(plain(10_000, 100, kind=kind))


def test_the_pictures_that_phones_take_are_read() -> None:
    assert colour_at(make_avatar(plain(5712, 4284, BLUE, "JPEG")), 0.5, 0.5) == "blue"


def test_a_picture_with_nothing_to_see_is_refused() -> None:
    with refused(PictureRefused, "at least 16 pixels on each side; this one has 1 by 1"):
        make_avatar(plain(1, 1))


def test_pictures_are_decoded_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WAIT", 0.05)
    with pictures.decoding_slot(), refused(PictureRefused, "try again in a minute"):
        make_avatar(plain())
    done: list[bytes] = []
    thread = threading.Thread(target=lambda: done.append(make_avatar(plain())))
    thread.start()
    thread.join(10)
    assert done


def test_few_wait_for_the_pictures_of_others_so_that_pages_are_answered() -> None:
    with ExitStack() as others:
        for _ in range(pictures.MOST_AT_ONCE):
            others.enter_context(pictures.acquire_within(pictures.few_at_once, 0))
        began = time.perf_counter()
        with refused(PictureRefused, "try again in a minute"):
            make_avatar(plain())
        assert time.perf_counter() - began < 1
    assert pictures.MOST_AT_ONCE < THREADS - 2


GOOD = [
    plain(40, 30, kind="JPEG"),
    plain(40, 30),
    plain(40, 30, kind="WEBP"),
    with_exif(6),
    saved(Image.new("P", (40, 40))),
    saved(Image.new("RGBA", (40, 40)), "WEBP", lossless=True),
]
CHANGES = st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6)


@given(st.sampled_from(GOOD), CHANGES)
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_whatever_is_broken_in_a_file_it_is_an_avatar_or_refused(good: bytes, changes: list[tuple[int, bytes]]) -> None:
    broken = bytearray(good)
    for place, content in changes:
        start = place % len(broken)
        broken[start : start + len(content)] = content
    try:
        avatar = make_avatar(bytes(broken))
    except PictureRefused:
        return
    assert shown(avatar).size == (256, 256)
