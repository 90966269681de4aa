"""Where signing in leads to, by the rules of a real browser."""

from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import Browser

from web.test_next import BASE, PIECES, WANTED, Chosen, chosen

__all__ = ["chosen"]

SOME = 1500
READ = "([locations, base]) => locations.map(one => new URL(one, base + '/login').origin)"


def test_a_browser_stays_on_this_site_wherever_next_leads(browser: Browser, chosen: Chosen) -> None:
    found: list[str] = []

    @given(WANTED | PIECES)
    @settings(
        max_examples=SOME,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def gather(wanted: str) -> None:
        found.extend(chosen(wanted))

    gather()
    page = browser.new_page()
    assert (
        page.evaluate(READ, [["//evil.example", "/\\evil.example", "/\t/evil.example"], BASE])
        == ["http://evil.example"] * 3
    )
    assert set(page.evaluate(READ, [found, BASE])) == {BASE}
    assert len(found) > SOME // 2
    page.close()
