"""Everything works by keyboard alone, and whatever has the keyboard shows it."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from journeys.browsing import a_page, heading
from journeys.trial import FINISH, RESET, Trial, wait_for
from support.running import NEW_PASSWORD, PASSWORD


def active(page: Page) -> Locator:
    """Return what has the keyboard."""
    return page.locator(":focus")


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the thing with these words has the keyboard."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.querySelector(':focus')?.innerText ?? ''"):
            return
    raise AssertionError(f"Tab never came to {words!r} on {page.url}")


def fill_by_keyboard(page: Page, *fields: tuple[str, str]) -> None:
    """Type into each field, going from one to the next by Tab, and send the form by Enter."""
    for label, words in fields:
        wanted = page.get_by_label(label, exact=True)
        for _ in range(3):
            if wanted.evaluate("field => field === document.activeElement"):
                break
            page.keyboard.press("Tab")
        expect(wanted).to_be_focused()
        page.keyboard.type(words)
    page.keyboard.press("Enter")


def press(page: Page, words: str) -> None:
    """Tab to something and press Enter there."""
    tab_to(page, words)
    page.keyboard.press("Enter")


def open_by_keyboard(page: Page, subject: str) -> None:
    """Open the newest letter, which is the one just asked for."""
    press(page, "Mailbox")
    expect(heading(page)).to_have_text("Mailbox")

    def came() -> bool:
        page.reload()
        return subject in page.locator("ul.letters a").first.inner_text()

    wait_for(came)
    press(page, subject)
    expect(heading(page)).to_have_text(subject)


def test_the_main_job_by_keyboard_alone(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial) as page:
        page.goto("/register")
        twice = [("Password", PASSWORD), ("Password again", PASSWORD)]
        fill_by_keyboard(page, ("Username", "carol"), ("Email address", "carol@example.com"), *twice)
        expect(page.get_by_role("status")).to_contain_text("Check your email")
        open_by_keyboard(page, FINISH)
        press(page, "/register/finish/")
        expect(heading(page)).to_have_text("Finish signing up")
        press(page, "Finish signing up")
        expect(page.get_by_role("status")).to_contain_text("Your account is ready")
        expect(page.get_by_label("Username or email address")).to_have_value("carol")
        fill_by_keyboard(page, ("Password", PASSWORD))
        expect(heading(page)).to_have_text("Hi, carol!")
        press(page, "Sign out")
        expect(page.get_by_role("status")).to_contain_text("You are signed out")
        press(page, "Forgot your password?")
        fill_by_keyboard(page, ("Email address or username", "carol"))
        expect(page.get_by_role("status")).to_contain_text("Check your email")
        open_by_keyboard(page, RESET)
        press(page, "/reset_password/")
        fill_by_keyboard(page, ("New password", NEW_PASSWORD), ("New password again", NEW_PASSWORD))
        expect(page.get_by_role("status")).to_contain_text("Your password has been reset")
        expect(page.get_by_label("Username or email address")).to_have_value("carol")
        fill_by_keyboard(page, ("Password", NEW_PASSWORD))
        expect(heading(page)).to_have_text("Hi, carol!")


@pytest.mark.parametrize("path", ["/mailbox", "/no-such-page"])
def test_the_skip_link_comes_first_shows_itself_and_leads_to_the_content(
    browser: Browser, shared_trial: Trial, path: str
) -> None:
    with a_page(browser, shared_trial) as page:
        page.goto(path)
        page.keyboard.press("Tab")
        expect(active(page)).to_have_text("Skip to the content")
        expect(active(page)).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        assert page.locator("main :focus").count() == 1


OUTLINE = """element => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  return { style: style.outlineStyle, width: parseFloat(style.outlineWidth), seen: box.width > 1 && box.height > 1 };
}"""


@pytest.mark.parametrize("path", ["/login", "/register", "/mailbox"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_has_the_keyboard_shows_it(browser: Browser, shared_trial: Trial, path: str, scheme: str) -> None:
    with a_page(browser, shared_trial) as page:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(path)
        stops = 0
        while stops < 30:
            page.keyboard.press("Tab")
            if not active(page).count() or active(page).evaluate("element => element === document.body"):
                break
            outline = active(page).evaluate(OUTLINE)
            assert outline["seen"], active(page).evaluate("element => element.outerHTML")
            assert outline["style"] == "solid"
            assert outline["width"] >= 2
            stops += 1
        assert stops >= 4
