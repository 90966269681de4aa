"""The default avatar: a pattern that follows from the account's id and never changes."""

import hashlib
from collections.abc import Iterator

MEDIA_TYPE = "image/svg+xml"
CELL, CELLS = 32, 4
PALETTES = (  # a ground and two inks, all of them as quiet as the pages around them
    ("#f3dfc1", "#b4683a", "#6b4a2f"),
    ("#dfe8dc", "#5f8a6b", "#2f4f43"),
    ("#dde6ee", "#5b84a6", "#2e4a63"),
    ("#eadff0", "#8b6aa6", "#4d3a63"),
    ("#f5dcd6", "#b9635a", "#66332f"),
    ("#ece6c9", "#a08a3c", "#57491c"),
    ("#d8eae7", "#4a8f8b", "#22524f"),
    ("#f1dde5", "#a8617f", "#5b3145"),
)
SHAPES = (
    "",
    "M0 0H32A32 32 0 0 1 0 32Z",  # a quarter of a disc, from each of the corners
    "M32 0V32A32 32 0 0 1 0 0Z",
    "M32 32H0A32 32 0 0 1 32 0Z",
    "M0 32V0A32 32 0 0 1 32 32Z",
    "M4 16A12 12 0 0 1 28 16A12 12 0 0 1 4 16Z",  # a disc
    "M0 0H32V32Z",
    "M16 2L30 16L16 30L2 16Z",
)


def draw(account_id: int) -> bytes:
    """Return the picture as SVG, its left half mirrored to the right."""
    dice = hashlib.sha256(f"avatar {account_id}".encode()).digest()
    ground, *inks = PALETTES[dice[0] % len(PALETTES)]
    half = "".join(tiles(dice[1:], inks))
    size = CELL * CELLS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="256" height="256">'
        f'<path fill="{ground}" d="M0 0H{size}V{size}H0Z"/>{half}'
        f'<g transform="matrix(-1 0 0 1 {size} 0)">{half}</g></svg>'
    ).encode()


def tiles(dice: bytes, inks: list[str]) -> Iterator[str]:
    """Yield the shapes of the left half, two bits of luck after another."""
    for place in range(CELLS * CELLS // 2):
        row, column = divmod(place, CELLS // 2)
        shape, ink = SHAPES[dice[2 * place] % len(SHAPES)], inks[dice[2 * place + 1] % len(inks)]
        if shape:
            yield f'<path fill="{ink}" transform="translate({CELL * column} {CELL * row})" d="{shape}"/>'
