"""A member's own area in a real browser: the address changed and taken back, another login ended."""

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.browsing import a_page, heading, open_letter, portray, sign_in, sign_up
from journeys.trial import FINISH, Trial
from support.running import NEW_PASSWORD, PASSWORD

PAGES = ("password", "address", "logins", "events", "download", "delete")


def join(page: Page, username: str) -> None:
    """Become a member and sign in."""
    page.goto("/register")
    sign_up(page, username)
    open_letter(page, username, FINISH)
    page.locator(".letter-text a").click()
    page.get_by_role("button", name="Finish signing up").click()
    sign_in(page, username, PASSWORD)
    expect(heading(page)).to_have_text(f"Hi, {username}!")


def own_area(page: Page, username: str, entry: str) -> None:
    """Go to a page of the area by its links alone."""
    page.get_by_role("navigation", name="Site").get_by_role("link", name=f"Account: {username}").click()
    page.get_by_role("main").get_by_role("link", name=entry).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_address_is_changed_and_taken_back(browser: Browser, shared_trial: Trial, scripts: bool) -> None:
    name, new = ("anna", "annette") if scripts else ("bert", "bertram")
    with a_page(browser, shared_trial, scripts=scripts) as page:
        join(page, name)
        own_area(page, name, "Email address")
        page.get_by_label("New address").fill(f"{new}@example.com")
        page.get_by_role("textbox", name="Your password").fill(PASSWORD)
        page.get_by_role("button", name="Send the letter").click()
        expect(page.get_by_role("status")).to_contain_text("Check the mail of your new address")
        open_letter(page, new, "[Microblog] Confirm Your New Address")
        page.locator(".letter-text a").click()
        portray(page, f"account-confirm-{name}")
        page.get_by_role("button", name="Confirm this address").click()
        expect(page.get_by_role("status")).to_contain_text(f"has the address {new}@example.com now")
        open_letter(page, name, "[Microblog] Your Address Was Changed")
        page.locator(".letter-text a").click()
        portray(page, f"account-take-back-{name}")
        page.get_by_label("Yes, take the address back").check()
        page.get_by_role("button", name="Take the address back").click()
        expect(page.get_by_role("status")).to_contain_text(f"has the address {name}@example.com again")
        expect(heading(page)).to_have_text("Sign in")
        open_letter(page, name, "[Microblog] Get Back In")
        page.locator(".letter-text a").click()
        page.get_by_role("textbox", name="New password", exact=True).fill(NEW_PASSWORD)
        page.get_by_role("textbox", name="New password again").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Change password").click()
        sign_in(page, name, NEW_PASSWORD)
        expect(heading(page)).to_have_text(f"Hi, {name}!")


def test_another_login_is_ended_and_seen_to_end(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial) as page, a_page(browser, shared_trial) as other:
        join(page, "clara")
        other.goto("/login")
        sign_in(other, "clara", PASSWORD)
        own_area(page, "clara", "Where I am signed in")
        portray(page, "account-logins-two")
        page.get_by_role("button", name="Sign out Chrome on Linux").click()
        expect(page.get_by_role("status")).to_contain_text("That browser is signed out")
        other.goto("/index")
        expect(heading(other)).to_have_text("Sign in")


def test_every_page_of_the_area_fits_a_narrow_screen_with_the_longest_name(
    browser: Browser, shared_trial: Trial
) -> None:
    with a_page(browser, shared_trial) as page:
        join(page, "m" * 64)
        page.goto("/account")
        portray(page, "account")
        for name in PAGES:
            page.goto(f"/account/{name}")
            portray(page, f"account-{name}")
        page.goto("/account/delete")
        page.get_by_role("button", name="Delete my account").click()
        expect(page.get_by_text("Please tick the box")).to_be_visible()
        portray(page, "account-delete-refused")
