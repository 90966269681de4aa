"""What a browser says of a new password while it is typed, wherever one is chosen; and that nothing depends on it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from journeys.browsing import a_page, sign_in
from support.running import PASSWORD, RunningSite, link_in

WHERE = ("/register", "/recovery_code", "/account/password", "a link")
RULE = "At least 12 characters."
LONG_ENOUGH = "Long enough, not checked yet"
ABOUT = "Little more than your name, your address or the name of this site"
REFUSED = ("password1234", "qwertyuiop123", "aaaaaaaaaaaa")
"""Long enough, and refused by the server for being common or easy to guess."""


@pytest.fixture
def alices(browser: Browser, site: RunningSite) -> Callable[[Page, str], None]:
    """Opens a page on which a password is chosen, as Alice."""
    site.sign_up("alice")
    site.visitor().submit("/reset_password_request", email="alice")
    link = link_in(site.letters(2)[-1].text)

    def open_as_alice(page: Page, where: str) -> None:
        if where == "/account/password":
            page.goto("/login")
            sign_in(page, "alice", PASSWORD)
        page.goto(link if where == "a link" else where)

    return open_as_alice


def words_below(page: Page, name: str) -> Locator:
    return page.locator(f"#{name}-live")


def test_wherever_a_password_is_chosen_the_page_says_while_typing_what_is_missing(
    browser: Browser, site: RunningSite, alices: Callable[[Page, str], None]
) -> None:
    with a_page(browser, site) as page:
        for where in WHERE:
            alices(page, where)
            expect(page.locator("#password-hint")).to_contain_text(RULE)
            expect(words_below(page, "password")).to_have_text("")
            first, again = page.locator("#password"), page.locator("#password2")
            first.press_sequentially("cafe\u0301 01 xy")  # the accent is a sign of its own here, and none for us
            expect(words_below(page, "password")).to_have_text("2 more characters")
            first.press_sequentially("z")
            expect(words_below(page, "password")).to_have_text("1 more character")
            first.press_sequentially("z")
            expect(words_below(page, "password")).to_have_text(LONG_ENOUGH)
            again.press_sequentially("coffee")
            expect(words_below(page, "password2")).to_have_text("Not the same as above")
            again.fill("cafe\u0301 01")
            expect(words_below(page, "password2")).to_have_text("")
            again.fill("cafe\u0301 01 xyzz")
            expect(words_below(page, "password2")).to_have_text("The same as above")
            first.fill("another password")
            expect(words_below(page, "password2")).to_have_text("Not the same as above")
            described = first.get_attribute("aria-describedby") or ""
            assert described.split() == ["password-hint", "password-live"], where


def test_a_password_that_will_be_refused_is_never_called_good(
    browser: Browser, site: RunningSite, alices: Callable[[Page, str], None]
) -> None:
    with a_page(browser, site) as page:
        alices(page, "a link")
        for password in REFUSED:
            page.locator("#password").fill(password)
            page.locator("#password2").fill(password)
            expect(words_below(page, "password")).to_have_text(LONG_ENOUGH)
            expect(page.locator(".live.good")).to_have_count(0)
            page.get_by_role("button", name="Change password").click()
            expect(page.locator("#password-wrong")).to_be_visible()


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("wonderland-123", ABOUT),
        ("Alice.Wonderland", ABOUT),
        ("teaparty-1234", ABOUT),
        ("microblog 2026", ABOUT),
        ("x" * 1025, "Too long: at most 1024 characters"),
        ("wonderland is far from here", LONG_ENOUGH),
    ],
)
def test_what_the_page_can_know_it_says_as_the_server_does(
    browser: Browser, site: RunningSite, password: str, words: str
) -> None:
    with a_page(browser, site) as page:
        page.goto("/register")
        page.locator("#password").fill(password)
        page.locator("#password2").fill(password)
        page.locator("#username").fill("wonderland")
        page.locator("#email").fill("alice.wonderland@teaparty.example")
        expect(words_below(page, "password")).to_have_text(words)
        page.get_by_role("button", name="Sign up").click()
        if words == LONG_ENOUGH:
            expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        else:
            expect(page.locator("#password-wrong")).to_be_visible()


def test_without_scripts_the_rules_stand_there_before_and_are_said_after(
    browser: Browser, site: RunningSite, alices: Callable[[Page, str], None]
) -> None:
    with a_page(browser, site, scripts=False) as page:
        for where in WHERE:
            alices(page, where)
            expect(page.locator("#password-hint")).to_contain_text(RULE)
            expect(page.locator(".live")).to_have_count(0)
        page.locator("#password").fill("eleven long")
        page.locator("#password2").fill("eleven long")
        page.get_by_role("button", name="Change password").click()
        expect(page.locator("#password-wrong")).to_contain_text("it has 11 of at least 12 characters")
