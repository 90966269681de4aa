"""The main job in a real browser, from one command, in a trial: with JavaScript and without it."""

import re

from playwright.sync_api import Browser, Page, expect

from journeys.browsing import a_page, heading, open_letter, portray, shoot, sign_in, sign_up
from journeys.trial import CHANGED, FINISH, RESET, Trial
from support.running import NEW_PASSWORD, PASSWORD

BACK_IN = "[Microblog] Get Back In"
OWNERS = "the owner chose this password"
PAGES = {
    "mailbox": "/mailbox",
    "404": "/no-such-page",
    "dead-link": "/reset_password/altered",
    "no-link": "/reset_password",
    "not-me-dead-link": "/not-me/altered",
    "sign-up-over": "/register/finish/altered",
}

MEMBERS_PAGES = {
    "explore": "/explore",
    "tag": "/tag/unheard",
    "no-post": "/post/999",
    "no-position": "/explore?older=x",
}


def main_job(page: Page, username: str, shot: str) -> None:
    """Sign up, confirm, sign in and out, forget, mailbox, link in the framed letter, new password, in again."""
    page.goto("/")
    expect(heading(page)).to_have_text("Sign in")
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    portray(page, f"{shot}-01-register")
    sign_up(page, username)
    expect(page.get_by_role("status")).to_contain_text("Check your email")
    shoot(page, f"{shot}-02-check-your-email")
    open_letter(page, username, FINISH)
    portray(page, f"{shot}-03-letter")
    page.locator(".letter-text a").click()
    expect(heading(page)).to_have_text("Finish signing up")
    shoot(page, f"{shot}-04-finish")
    page.get_by_role("button", name="Finish signing up").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is ready")
    sign_in(page, username, PASSWORD)
    expect(heading(page)).to_have_text(f"Hi, {username}!")
    shoot(page, f"{shot}-05-home")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    portray(page, f"{shot}-06-login")
    page.get_by_role("link", name="Forgot your password?").click()
    portray(page, f"{shot}-07-request")
    page.get_by_label("Email address or username").fill(f"{username}@example.com")
    page.get_by_role("button", name="Send me the email").click()
    expect(page.get_by_role("status")).to_contain_text("Check your email for the instructions to reset your password")
    shoot(page, f"{shot}-08-check-your-email")
    open_letter(page, username, RESET)
    page.get_by_role("link", name="HTML").click()
    framed = page.frame_locator("iframe.letter-html")
    expect(framed.get_by_text(f"Dear {username},")).to_be_visible()
    portray(page, f"{shot}-09-letter-html")
    framed.get_by_role("link", name="Choose a new password").click()
    page.wait_for_url(re.compile(r"/reset_password$"))  # the page itself, and no token in the address bar
    expect(heading(page)).to_have_text("Choose a new password")
    portray(page, f"{shot}-10-reset")
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password again", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password has been reset")
    shoot(page, f"{shot}-11-changed")
    sign_in(page, username, PASSWORD)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(heading(page)).to_have_text("Sign in")
    shoot(page, f"{shot}-12-old-password-refused")
    sign_in(page, username, NEW_PASSWORD)
    expect(heading(page)).to_have_text(f"Hi, {username}!")
    open_letter(page, username, CHANGED)
    shoot(page, f"{shot}-13-letter-changed")
    not_me(page, username, shot)


def not_me(page: Page, username: str, shot: str) -> None:
    """From the open letter: say that it was somebody else, choose another password, and be in again."""
    page.locator(".letter-text a").first.click()
    page.wait_for_url(re.compile(r"/not-me$"))
    expect(heading(page)).to_have_text("Wasn’t this you?")
    portray(page, f"{shot}-14-not-me")
    page.get_by_role("button", name="Lock the account and email me a link").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("This wasn't me")).to_be_focused()
    portray(page, f"{shot}-15-not-me-without-a-tick")
    page.get_by_label("This wasn't me").check()
    page.get_by_role("button", name="Lock the account and email me a link").click()
    expect(page.get_by_role("status")).to_contain_text(f"The account {username} is locked")
    shoot(page, f"{shot}-16-locked")
    open_letter(page, username, BACK_IN)
    page.locator(".letter-text a").first.click()
    expect(heading(page)).to_have_text("Choose a new password")
    page.get_by_label("New password", exact=True).fill(OWNERS)
    page.get_by_label("New password again", exact=True).fill(OWNERS)
    page.get_by_role("button", name="Change password").click()
    sign_in(page, username, OWNERS)
    expect(heading(page)).to_have_text(f"Hi, {username}!")


def test_the_main_job_in_a_browser(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial) as page:
        main_job(page, "alice", "js")


def test_the_main_job_in_a_browser_without_javascript(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial, scripts=False) as page:
        main_job(page, "bob", "no-js")


def test_every_other_page_fits_a_narrow_screen_with_the_longest_name(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial) as page:
        page.goto("/register")
        longest = "w" * 64
        sign_up(page, longest)
        open_letter(page, longest, FINISH)
        letter = page.url
        page.locator(".letter-text a").click()
        portray(page, "other-finish")
        page.get_by_role("button", name="Finish signing up").click()
        sign_in(page, longest, PASSWORD)
        expect(heading(page)).to_contain_text(longest)
        portray(page, "other-home")
        for name, path in MEMBERS_PAGES.items():
            page.goto(path)
            portray(page, f"other-{name}")
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{letter}?view=source")
        portray(page, "other-letter-source")
        for name, path in PAGES.items():
            page.goto(path)
            portray(page, f"other-{name}")
        page.goto("/register")
        page.get_by_role("button", name="Sign up").click()
        portray(page, "other-register-refused")


def test_a_password_is_shown_and_hidden_by_the_button_beside_it(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial) as page:
        page.goto("/register")
        field = page.locator("#password")
        field.fill("what was typed")
        page.get_by_role("button", name="Show Password", exact=True).click()
        assert (field.get_attribute("type"), field.input_value()) == ("text", "what was typed")
        assert page.locator("#password2").get_attribute("type") == "password"
        shoot(page, "other-password-shown")
        page.get_by_role("button", name="Hide Password", exact=True).click()
        assert (field.get_attribute("type"), field.input_value()) == ("password", "what was typed")


def test_a_password_that_is_shown_is_sent_hidden_so_that_no_browser_keeps_it(
    browser: Browser, shared_trial: Trial
) -> None:
    with a_page(browser, shared_trial) as page:
        page.goto("/login")
        page.get_by_label("Username or email address").fill("nobody")
        page.get_by_label("Password", exact=True).fill("what was typed")
        page.get_by_role("button", name="Show Password").click()
        page.evaluate("document.forms[0].addEventListener('submit', () => localStorage.sent = password.type)")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.evaluate("localStorage.sent") == "password"
