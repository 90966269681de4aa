"""Uploaded pictures: read with care, and made anew. Nothing of the file itself is kept or shown.

Whoever uploads may mean harm. So only three formats are tried; size and dimensions are judged before anything is
decoded; of what files note beside their pixels only two things are read, how the camera was held and what the colours
mean; one picture at a time is decoded in each process, which bounds what all of them together need, and few wait for
it, so that all others find somebody to answer them; and what is served are pixels we encoded ourselves, without the
place where a phone took them.
"""

import io
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFile

from microblog.profiles import formats, jpeg, png
from microblog.profiles.colours import in_srgb
from microblog.profiles.errors import (
    NotAPicture,
    PictureDamaged,
    PictureFormat,
    PictureRefused,
    PicturesBusy,
    PictureTooLarge,
    PictureTooSmall,
    PictureTooWide,
)
from microblog.profiles.exif import orientation

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE  # bytes
MOST_SIDE = 8_000  # pixels
MOST_PIXELS = {"JPEG": 25_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}  # all decoded within 300 MB
LEAST_SIDE = 16  # pixels
SIDE = 256  # of an avatar, in pixels
MEDIA_TYPE = "image/webp"
WAIT = 10  # seconds for the pictures of others
MOST_AT_ONCE = 4  # pictures, the one that is decoded and those that wait for it; the site answers with eight threads
PAPER = (247, 244, 238)  # what shows through; see tokens.css

TURNED = {  # how a camera was held, see the Exif standard, tag 0x0112
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
UNREADABLE = (
    OSError,
    SyntaxError,  # Pillow's word for a broken PNG
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    MemoryError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
Image.MAX_IMAGE_PIXELS = None  # its warning and its error come late and differ; `check_size` judges before decoding
one_at_a_time = threading.BoundedSemaphore(1)
few_at_once = threading.BoundedSemaphore(MOST_AT_ONCE)


def make_avatar(upload: bytes) -> bytes:
    """Return the middle of an uploaded picture as a small square, in a file of ours.

    Raises:
        PictureRefused: by its subclass for the reason.
    """
    if len(upload) > LARGEST_FILE:
        raise file_too_large()
    with decoding_slot():
        return encode_picture(square(check_pixels(upload)))


def file_too_large() -> PictureTooLarge:
    """Return the refusal of a file beyond `LARGEST_FILE`."""
    return PictureTooLarge(megabytes=LARGEST_FILE // MEGABYTE)


@contextmanager
def decoding_slot() -> Iterator[None]:
    """Be the only one in this process to decode a picture, or one of the few that wait for that."""
    with acquire_within(few_at_once, 0), acquire_within(one_at_a_time, WAIT):
        yield


@contextmanager
def acquire_within(what: threading.Semaphore, wait: float) -> Iterator[None]:
    """Hold one of a few places; refuse the picture where that takes longer than so many seconds."""
    if not what.acquire(timeout=wait):
        raise PicturesBusy
    try:
        yield
    finally:
        what.release()


@dataclass(frozen=True)
class Upload:
    """A picture whose head was read, and how its pixels are to be shown."""

    image: ImageFile.ImageFile
    exif: bytes
    profile: bytes | None


def check_pixels(upload: bytes) -> Upload:
    """Read the head of a picture, and see to it that none of its pixels are missing.

    A JPEG that lacks nothing but its end marker is whole. One that breaks off earlier looks otherwise with noise behind
    it: a decoder takes that for pixels.
    """
    if not upload.startswith(jpeg.BEGINNING) or (bare := jpeg.without_notes(upload)).ended:
        return read_head(upload)
    picture = read_head(jpeg.with_end(upload))
    noisy = read_head(jpeg.with_end(bare.content, jpeg.NOISE))
    if ImageChops.difference(decode_pixels(picture.image), decode_pixels(noisy.image)).getbbox():
        raise PictureDamaged
    return picture


def read_head(upload: bytes) -> Upload:
    """Read the head of a picture, and nothing else before its size is known to be bearable.

    The formats are told by a file's first bytes; its name and what the browser says of it prove nothing.
    """
    bare, exif, profile = upload, b"", None
    if upload.startswith(jpeg.BEGINNING):
        without = jpeg.without_notes(upload)
        bare, exif, profile = without.content, without.exif, without.profile
    elif upload.startswith(png.BEGINNING):
        bare, profile = png.without_colours(upload)
    try:
        image = Image.open(io.BytesIO(bare), formats=list(MOST_PIXELS))
    except UNREADABLE as error:
        raise refused_format(upload) from error
    check_size(*image.size, MOST_PIXELS.get(image.format or "", MOST_PIXELS["JPEG"]))
    return Upload(image, exif or info_of(image, "exif"), profile or info_of(image, "icc_profile") or None)


def refused_format(upload: bytes) -> PictureRefused:
    """Return the refusal of a file that is none of the formats that are read."""
    name = formats.name_of(upload)
    return PictureFormat(format=name) if name else NotAPicture()


def info_of(image: Image.Image, name: str) -> bytes:
    """Return a note of a picture, empty where it has none."""
    note = image.info.get(name)
    return note if isinstance(note, bytes) else b""


def check_size(width: int, height: int, most_pixels: int) -> None:
    """Refuse a picture that would take too much memory, or that there is nothing to see of."""
    if max(width, height) > MOST_SIDE or width * height > most_pixels:
        raise PictureTooWide(most_side=MOST_SIDE, megapixels=most_pixels // 1_000_000, width=width, height=height)
    if min(width, height) < LEAST_SIDE:
        raise PictureTooSmall(least_side=LEAST_SIDE, width=width, height=height)


def square(upload: Upload) -> Image.Image:
    """Decode a picture and return its middle, upright, small, in plain colours. Of a moving one, the first view."""
    image = decode_pixels(upload.image)
    try:
        small = to_resizable(image).resize(
            (SIDE, SIDE), Image.Resampling.LANCZOS, box=central_square(*image.size), reducing_gap=3
        )
        turned = TURNED.get(orientation(upload.exif))
        upright = small.transpose(turned) if turned is not None else small
        return on_paper(in_srgb(upright, upload.profile))
    except UNREADABLE as error:
        raise PictureDamaged from error


def decode_pixels(image: ImageFile.ImageFile) -> Image.Image:
    """Decode a picture, a JPEG no larger than needed."""
    try:
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        image.load()
    except UNREADABLE as error:
        raise PictureDamaged from error
    # Only an Adobe marker says that inks are stored as what is left of the paper; Pillow takes all for such.
    plain_inks = image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info
    return ImageChops.invert(image) if plain_inks else image


def central_square(width: int, height: int) -> tuple[float, float, float, float]:
    """Return the largest square in the middle."""
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


def to_resizable(image: Image.Image) -> Image.Image:
    """Return a picture whose neighbouring pixels can be mixed, which numbers of colours in a list cannot be."""
    if image.mode.startswith("I"):  # 16 bits for each shade of grey
        return image.convert("I").point(lambda shade: shade * (1 / 256)).convert("L")
    if image.mode in ("1", "P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def on_paper(image: Image.Image) -> Image.Image:
    """Return a picture in red, green and blue alone, on paper where it lets something show through."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    shown = image.convert("RGBA")
    paper = Image.new("RGB", shown.size, PAPER)
    paper.paste(shown, mask=shown.getchannel("A"))
    return paper


def encode_picture(image: Image.Image) -> bytes:
    """Return a file of pixels and nothing else."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    file = io.BytesIO()
    bare.save(file, "WEBP", quality=82, method=4)
    return file.getvalue()
