"""Colours as their profile means them: made those of sRGB before the profile is dropped, for nothing says it then."""

from io import BytesIO

from PIL import Image, ImageCms

from microblog.profiles import icc

MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}
FITTING = {"RGB": ("RGB",), "L": ("L", "RGB"), "CMYK": ("CMYK",)}  # a picture's colours, and what may describe them
UNUSABLE = (ImageCms.PyCMSError, OSError, ValueError, TypeError, LookupError, MemoryError)


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a small picture in the colours of sRGB; as it is where its profile is none that can be used."""
    space = icc.usable_space(profile) if profile else None
    plain = without_alpha(image)
    if profile is None or space is None or MODES[space] not in FITTING.get(plain.mode, ()):
        return image
    try:
        shown = convert_colours(plain.convert(MODES[space]), profile)
    except UNUSABLE:
        return image
    if plain is not image:
        shown.putalpha(image.getchannel("A"))
    return shown


def without_alpha(image: Image.Image) -> Image.Image:
    """Return the colours alone of a picture that lets something show through."""
    return image.convert(image.mode[:-1]) if image.mode in ("LA", "RGBA") else image


def convert_colours(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert a picture whose colours the profile describes."""
    from_, to = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(from_, to, image.mode, "RGB", ImageCms.Intent.PERCEPTUAL)
    shown = ImageCms.applyTransform(image, transform)
    if shown is None:
        raise ValueError
    return shown
