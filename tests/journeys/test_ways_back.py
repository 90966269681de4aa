"""The ways back besides the first mailbox, in a real browser: printed codes and a second address."""

import re

from playwright.sync_api import Browser, Page, expect

from journeys.browsing import a_page, heading, open_letter, portray, shoot, sign_in, sign_up
from journeys.trial import FINISH, Trial
from support.running import NEW_PASSWORD, PASSWORD

CONFIRM = "[Microblog] Confirm Your Backup Email"


def become_member(page: Page, username: str) -> None:
    """Sign up, finish it by the letter, and sign in."""
    page.goto("/register")
    sign_up(page, username)
    open_letter(page, username, FINISH)
    page.locator(".letter-text a").click()
    page.get_by_role("button", name="Finish signing up").click()
    sign_in(page, username, PASSWORD)
    expect(heading(page)).to_have_text(f"Hi, {username}!")


def test_codes_are_printed_and_one_of_them_leads_back(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial, scripts=False) as page:
        become_member(page, "printer")
        page.goto("/account/recovery-codes")
        portray(page, "codes-01-make")
        page.get_by_label("Your password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Make ten new codes").click()
        expect(heading(page)).to_have_text("Your recovery codes")
        portray(page, "codes-02-new")
        page.emulate_media(media="print")
        for hidden in (page.locator("header"), page.locator("footer"), page.get_by_text("Save these codes now")):
            expect(hidden).to_be_hidden()
        expect(page.locator(".codes code")).to_have_count(10)
        shoot(page, "codes-03-on-paper")
        page.emulate_media(media="screen")
        code = page.locator(".codes code").nth(4).inner_text()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("link", name="Forgot your password?").click()
        page.get_by_role("link", name="Use a recovery code instead").click()
        portray(page, "codes-04-use")
        page.get_by_label("Username or email address").fill("printer")
        page.get_by_label("Recovery code").fill(code.lower().replace("-", " "))
        page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
        page.get_by_label("New password again", exact=True).fill(NEW_PASSWORD)
        page.get_by_role("button", name="Change password").click()
        expect(page.get_by_role("status")).to_contain_text("You have 9 more codes.")
        sign_in(page, "printer", NEW_PASSWORD)
        expect(heading(page)).to_have_text("Is all of this yours?")
        portray(page, "codes-05-review")
        page.get_by_role("button", name="All of this is mine").click()
        expect(heading(page)).to_have_text("Hi, printer!")


def test_a_second_address_is_named_confirmed_and_removed(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial) as page:
        become_member(page, "seconder")
        page.goto("/account/second-address")
        portray(page, "second-01-name")
        page.get_by_label("Backup email").fill("a.rather.long.name.for.an.address@example.com")
        page.get_by_label("Your password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Email a link").click()
        expect(page.get_by_role("status")).to_contain_text("we sent a link there to confirm it")
        portray(page, "second-02-check")
        open_letter(page, "a.rather.long.name.for.an.address", CONFIRM)
        page.locator(".letter-text a").click()
        page.wait_for_url(re.compile(r"/account/second-address/confirm$"))
        portray(page, "second-03-confirm")
        page.get_by_role("button", name="Confirm this address").click()
        expect(page.get_by_role("status")).to_contain_text("The backup email is confirmed.")
        portray(page, "second-04-confirmed")
        page.get_by_role("link", name="Remove this address").click()
        portray(page, "second-05-remove")
        page.get_by_label("Your password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Remove this address").click()
        expect(page.get_by_role("status")).to_contain_text("The backup email was removed.")
