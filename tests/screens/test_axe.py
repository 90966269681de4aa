"""Every page, light and dark, as axe-core reads it: names, roles, order, contrast. It finds nothing to complain of."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, sync_playwright

from journeys.conftest import ARGS
from screens.shoot import SCHEMES
from screens.tour import Tour, demo_tour

RUN = "() => axe.run(document, {resultTypes: ['violations']})"


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """One demo trial for all."""
    with demo_tour(tmp_path_factory.mktemp("tour")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        path = os.environ["CHROMIUM"]
        launched = playwright.chromium.launch(executable_path=path, headless=True, args=ARGS)
        yield launched
        launched.close()


def complaints(page: Page) -> list[str]:
    """Return what axe-core finds on the page as it is."""
    page.add_script_tag(content=AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(RUN)["violations"]
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
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                if found := complaints(page):
                    wrong[f"{look.name} {scheme}"] = found
    assert wrong == {}


def test_axe_would_say_so(tour: Tour, browser: Browser) -> None:
    with tour.page(browser, signed_in=False, bypass_csp=True) as page:
        page.goto("/login")
        page.evaluate("document.querySelector('label').remove(); document.documentElement.removeAttribute('lang')")
        assert {line.partition(":")[0] for line in complaints(page)} >= {"label", "html-has-lang"}


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
