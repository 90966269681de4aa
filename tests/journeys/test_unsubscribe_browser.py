"""Turning off a letter from the letter itself, in a browser that is signed in nowhere and runs no script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from journeys.browsing import a_page, heading, open_letter
from subscriptions.post_office import deliver, outcomes
from support.members import member
from support.running import RunningSite
from web.writing import press, say

FOLLOWS, MENTIONED = "[Microblog] Somebody New Follows You", "[Microblog] You Were Mentioned"
GATHERED, THOUGHT_OVER = 10, 2  # minutes: for so long letters of these kinds wait


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A trial whose letters leave when the test says so: they wait for minutes."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()


def test_a_letter_is_turned_off_from_the_letter_itself(browser: Browser, site: RunningSite) -> None:
    member(site, "alice")
    bob, carol, dave = (member(site, name) for name in ("bob", "carol", "dave"))
    press(bob, "/follow/alice")
    deliver(site, minutes=GATHERED)
    with a_page(browser, site, scripts=False) as page:
        page.goto("/login")
        open_letter(page, "alice", FOLLOWS)
        press(carol, "/follow/alice")  # this letter waits while she makes up her mind
        page.get_by_role("link", name="HTML").click()
        page.frame_locator("iframe.letter-html").locator("a[href*='/unsubscribe/']").click()
        expect(heading(page)).to_have_text("No more of these letters?")
        expect(page.get_by_role("navigation", name="Site").get_by_role("link", name="Sign in")).to_be_visible()
        assert outcomes(site.database) == ["sent", "waiting"]
        page.get_by_role("button", name="Send me no more of these").click()
        expect(heading(page)).to_have_text("These letters are off")
    deliver(site, minutes=GATHERED)
    assert outcomes(site.database) == ["sent", "turned_off"]
    press(dave, "/follow/alice")
    assert outcomes(site.database) == ["sent", "turned_off"]
    say(bob, "Good morning, @alice!")
    letters = deliver(site, minutes=THOUGHT_OVER)
    assert [letter.summary.subject for letter in letters] == [FOLLOWS, MENTIONED]  # others still come
