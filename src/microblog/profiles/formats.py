"""Formats that are not read, told by their first bytes, so that a refusal can name them."""

BOX, BRANDS = 8, 64  # bytes: where a box's content begins, and how far we look into the list of brands
HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF = (b"avif", b"avis")
BEGINNINGS = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"8BPS": "Photoshop",
    b"\0\0\1\0": "ICO",
}


def name_of(upload: bytes) -> str | None:
    """Return the name of a picture's format."""
    if upload[4:8] == b"ftyp":  # ISO base media file format: the brands stand in its first box
        size = min(int.from_bytes(upload[:4]), BRANDS)
        brands = [upload[place : place + 4] for place in (BOX, *range(BOX + 8, size, 4))]
        return "AVIF" if set(AVIF) & set(brands) else "HEIC" if set(HEIF) & set(brands) else None
    return next((name for beginning, name in BEGINNINGS.items() if upload.startswith(beginning)), None)
