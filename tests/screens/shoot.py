"""`make screens`: pictures of every page, narrow and wide, light and dark, of a demo that then goes."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Page

from screens.tour import Tour, demo_tour
from support.browser import launched_browser

SHOTS = Path(__file__).parents[2] / "artefacts" / "screens"
WIDTHS = (320, 390, 1280)  # CSS pixels
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    """Take the pictures and say where they are."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for old in SHOTS.glob("*.png"):
        old.unlink()
    with TemporaryDirectory() as folder, demo_tour(Path(folder)) as tour, launched_browser() as browser:
        taken = 0
        for signed_in in (False, True):
            with tour.page(browser, signed_in=signed_in) as page:
                taken += sum(shoot(page, tour, signed_in=signed_in))
    print(f"{taken} pictures are in {SHOTS}")  # noqa: T201 - what the command says


def shoot(page: Page, tour: Tour, *, signed_in: bool) -> Iterator[int]:
    """Take the pictures of every page that one reader sees, and yield how many each has."""
    for look in (one for one in tour.looks if one.signed_in == signed_in):
        page.goto(tour.path(look))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=SHOTS / f"{look.name}-{width}-{scheme}.png", full_page=True)
        yield len(WIDTHS) * len(SCHEMES)


if __name__ == "__main__":
    main()
