"""The letters as a mail program on a phone shows them: narrow, dark, and where it throws their style sheet away."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

LETTERS = sorted((Path(__file__).parents[1] / "mail" / "golden").glob("*.html"))
REPORTS = {
    *("error_report", "more_errors", "deactivated"),
    *("backup_email_removed_by_operator", "email_set_by_operator", "recovery_codes_ended_by_operator"),
}  # they ask nobody to press anything
SECRET = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "x" * 200
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# The contrast of each piece of text with what lies behind it (WCAG 2.2, success criterion 1.4.3).
CONTRASTS = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = mark => {
    const colour = numbers(getComputedStyle(mark).backgroundColor);
    return colour[3] === 0 ? behind(mark.parentElement) : colour;
  };
  const shown = mark => mark.checkVisibility()
    && [...mark.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  return [...document.body.querySelectorAll("*")].filter(shown).map(mark => {
    const [low, high] = [numbers(getComputedStyle(mark).color), behind(mark)].map(light).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A narrow screen for all letters, none of which leaves anything in it."""
    with browser.new_context(viewport={"width": 320, "height": 640}) as context:
        yield context.new_page()


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_letter_is_read_with_ease_on_a_narrow_screen(
    page: Page, path: Path, scheme: Literal["light", "dark"]
) -> None:
    html = path.read_text("utf-8").replace("TOKEN", SECRET)
    page.emulate_media(color_scheme=scheme)
    for form in (STYLE.sub("", html), html):
        page.set_content(form)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 5
        assert min(contrasts) >= 4.5
        assert_comfortable(page, buttons=0 if path.stem in REPORTS else 1)
    assert is_dark(page) == (scheme == "dark")


def assert_comfortable(page: Page, buttons: int) -> None:
    """Hold the button to a finger's size, and all text to one that is read without a lens."""
    expect(page.locator(".label")).to_have_count(buttons)
    for button in page.locator(".label").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
    sizes = "[...document.querySelectorAll('.sheet *')].map(mark => parseFloat(getComputedStyle(mark).fontSize))"
    assert page.evaluate(f"Math.min(...{sizes})") >= 14


def is_dark(page: Page) -> bool:
    colour = page.locator(".sheet").evaluate("mark => getComputedStyle(mark).backgroundColor")
    return max(map(int, re.findall(r"\d+", colour))) < 80
