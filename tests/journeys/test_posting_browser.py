"""Posting, following and reading in a real browser: with JavaScript and without, wide and narrow, light and dark."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.browsing import a_page, heading, portray, sign_in
from journeys.trial import Trial
from microblog.db import Database
from microblog.identity import Account
from support.clock import NOON
from support.community import say
from support.members import password_hash
from support.running import PASSWORD

LONGEST = "w" * 64


def add(database: Database, username: str) -> int:
    """Make somebody a member who can sign in, and return their number."""
    account = Account(
        username=username,
        username_key=username,
        email=f"{username}@example.com",
        email_key=f"{username}@example.com",
        password_hash=password_hash(),
        created_at=NOON,
    )
    with database.writing() as session:
        session.add(account)
    return account.id


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial with two members who are new, and one with the longest name who wrote three pages."""
    with Trial(tmp_path_factory.mktemp("posting")) as made:
        made.start("run")
        with closing(Database(f"sqlite:///{made.folder}/data/microblog.db")) as database:
            for name in ("alice", "bob"):
                add(database, name)
            writer = add(database, LONGEST)
            for number in range(43):
                say(database, writer, f"Post {number} #tea " + "w" * 150 + f" https://example.org/{'x' * 90}")
        yield made


def enter(page: Page, username: str) -> None:
    """Sign in."""
    page.goto("/login")
    sign_in(page, username, PASSWORD)
    expect(heading(page)).to_have_text(f"Hi, {username}!")


def post_and_follow(page: Page, username: str, shot: str) -> None:
    """Post, follow somebody, read home, page through it, open a post, delete one's own and take that back."""
    enter(page, username)
    portray(page, f"{shot}-home-empty")
    page.get_by_label("What would you like to say?").fill("Good morning\nfrom the river")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("article").first).to_contain_text("Good morning\nfrom the river")
    page.get_by_role("button", name=f"Follow {LONGEST}").click()
    expect(page.get_by_role("status").filter(has_text="You now follow")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(20)
    portray(page, f"{shot}-home")
    page.get_by_role("link", name="Older").click()
    page.wait_for_url(re.compile(r"/index\?older=\d+$"))
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("article").last).to_contain_text("Post 0 ")
    portray(page, f"{shot}-home-oldest")
    page.get_by_role("link", name="Newer").click()
    page.get_by_role("link", name="#tea").first.click()
    expect(heading(page)).to_have_text("#tea")
    portray(page, f"{shot}-tag")
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Explore").click()
    expect(heading(page)).to_have_text("Explore")
    portray(page, f"{shot}-explore")
    page.locator(".post-when").first.click()
    expect(heading(page)).to_have_text(f"A post by {username}")
    portray(page, f"{shot}-post")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Your post is deleted.")).to_be_visible()
    portray(page, f"{shot}-deleted")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Your post is back.")).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text("Good morning")


def test_posting_following_and_reading_in_a_browser(browser: Browser, community: Trial) -> None:
    with a_page(browser, community) as page:
        post_and_follow(page, "alice", "posting-js")
        expect(page.locator("time.ago").first).to_have_text(re.compile("just now|ago"))
        assert page.locator("time.ago").first.get_attribute("title")


def test_posting_following_and_reading_without_javascript(browser: Browser, community: Trial) -> None:
    with a_page(browser, community, scripts=False) as page:
        post_and_follow(page, "bob", "posting-no-js")
        expect(page.locator("time.ago").first).to_have_text(re.compile(r"^\d+ \w{3} \d{4}, \d\d:\d\d UTC$"))


def test_what_is_left_is_counted_while_one_writes_as_people_count(browser: Browser, community: Trial) -> None:
    with a_page(browser, community) as page:
        enter(page, LONGEST)
        field, count = page.get_by_label("What would you like to say?"), page.locator("#post-count")
        expect(count).to_have_text("Up to 500 characters.")
        field.fill("\U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301\n")
        expect(count).to_have_text("497 left")
        field.fill("x" * 503)
        expect(count).to_have_text("3 too many")
        page.get_by_role("button", name="Post", exact=True).click()
        expect(field).to_be_focused()
        expect(field).to_have_value("x" * 503)
        expect(count).to_have_text("3 too many")
        portray(page, "posting-refused")
        field.fill("")
        expect(count).to_have_text("Up to 500 characters.")


def test_a_double_click_posts_once(browser: Browser, community: Trial) -> None:
    with a_page(browser, community) as page:
        enter(page, LONGEST)
        page.get_by_label("What would you like to say?").fill("clicked twice")
        page.get_by_role("button", name="Post", exact=True).dblclick()
        expect(page.get_by_text("Your post is published.")).to_be_visible()
        page.goto("/index")
        expect(page.get_by_role("article").filter(has_text="clicked twice")).to_have_count(1)


def test_a_post_is_written_sent_and_deleted_by_keyboard_alone(browser: Browser, community: Trial) -> None:
    with a_page(browser, community) as page:
        enter(page, LONGEST)
        page.goto("/index")
        field = page.get_by_label("What would you like to say?")
        for _ in range(12):
            page.keyboard.press("Tab")
            if field.evaluate("field => field === document.activeElement"):
                break
        page.keyboard.type("by keyboard")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        mine = page.get_by_role("article").filter(has_text="by keyboard")
        expect(mine).to_have_count(1)
        mine.get_by_role("button", name="Delete").focus()
        page.keyboard.press("Enter")
        expect(mine).to_have_count(0)
        page.get_by_role("button", name="Undo").focus()
        page.keyboard.press("Enter")
        expect(mine).to_have_count(1)
