"""Every page, light and dark, as axe-core reads it: names, roles, order, contrast. It finds nothing to complain of."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from screens.tour import Tour, demo_tour

EVERYTHING = "() => axe.run(document, {resultTypes: ['violations']})"
COLOURS = "() => axe.run(document, {resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']})"
"""Names, roles and order are the same in the dark."""
RUNS: tuple[tuple[Literal["light", "dark"], str], ...] = (("light", EVERYTHING), ("dark", COLOURS))


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """One demo trial for all."""
    with demo_tour(tmp_path_factory.mktemp("tour")) as made:
        yield made


def complaints(page: Page, run: str = EVERYTHING) -> list[str]:
    """Return what axe-core, which is on the page, finds there."""
    found: list[dict[str, Any]] = page.evaluate(run)["violations"]
    return [f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("signed_in", [False, True], ids=["visitor", "member"])
def test_axe_finds_nothing_on_any_page(tour: Tour, browser: Browser, *, signed_in: bool) -> None:
    wrong: dict[str, list[str]] = {}
    with tour.page(
        browser, signed_in=signed_in, bypass_csp=True
    ) as page:  # for axe alone; the pages' own policy is strict
        for look in (one for one in tour.looks if one.signed_in == signed_in):
            page.goto(tour.path(look))
            page.add_script_tag(content=AXE_SCRIPT)
            for scheme, run in RUNS:
                page.emulate_media(color_scheme=scheme)
                if found := complaints(page, run):
                    wrong[f"{look.name} {scheme}"] = found
    assert wrong == {}


def test_axe_would_say_so(tour: Tour, browser: Browser) -> None:
    with tour.page(browser, signed_in=False, bypass_csp=True) as page:
        page.goto("/login")
        page.evaluate("document.querySelector('label').remove(); document.documentElement.removeAttribute('lang')")
        page.evaluate("document.querySelector('h1').style.color = document.body.style.background = '#888'")
        page.add_script_tag(content=AXE_SCRIPT)
        assert {line.partition(":")[0] for line in complaints(page)} >= {"label", "html-has-lang", "color-contrast"}
        assert {line.partition(":")[0] for line in complaints(page, COLOURS)} == {"color-contrast"}


def test_every_page_fits_the_narrowest_screen(tour: Tour, browser: Browser) -> None:
    wide = []
    for signed_in in (False, True):
        with tour.page(browser, signed_in=signed_in) as page:
            page.set_viewport_size({"width": 320, "height": 640})
            for look in (one for one in tour.looks if one.signed_in == signed_in):
                page.goto(tour.path(look))
                if page.evaluate("document.documentElement.scrollWidth") > 320:
                    wide.append(look.name)
    assert wide == []
