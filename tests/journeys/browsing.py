"""What a person does in a browser, and a pair of eyes on what goes wrong there unseen.

`SHOTS=yes make test ARGS=tests/journeys` keeps pictures of the pages on the way; taking them costs half of the time.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

from journeys.trial import Trial, wait_for
from support.running import PASSWORD, RunningSite

SHOTS = Path(__file__).parents[2] / "artefacts" / "journey"
NARROW = 320  # CSS pixels; WCAG 2.2, success criterion 1.4.10


@dataclass
class Eyes:
    """What went wrong on a page without its reader being told."""

    host: str
    wrong: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> Page:
        """Follow a page from now on."""
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        page.on("request", self.asked)
        page.on("requestfailed", self.failed)
        page.on("response", self.answered)
        return page

    def said(self, message: ConsoleMessage) -> None:
        # A page that says no has its status in the console; `answered` judges what was asked for besides the page.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.wrong.append(f"another host: {request.url}")

    def failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # its reader went on before it came
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def answered(self, response: Response) -> None:
        if not response.ok and response.request.resource_type != "document" and response.status not in range(300, 400):
            self.wrong.append(f"{response.status}: {response.url}")


@contextmanager
def a_page(browser: Browser, trial: Trial | RunningSite, *, scripts: bool = True) -> Iterator[Page]:
    """Open a browser of one's own; at the end nothing may have gone wrong in it."""
    context = browser.new_context(base_url=trial.base, java_script_enabled=scripts, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    eyes = Eyes(urlsplit(trial.base).netloc)
    yield eyes.watch(context.new_page())
    context.close()
    assert not eyes.wrong, eyes.wrong


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page as it is, where pictures are wanted."""
    if "SHOTS" in os.environ:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def portray(page: Page, name: str) -> None:
    """Keep pictures of a key page: light, dark, and on the narrowest screen, where nothing may stick out."""
    shoot(page, name)
    page.emulate_media(color_scheme="dark")
    shoot(page, f"{name}-dark")
    usual = page.viewport_size or {"width": 1280, "height": 720}
    page.set_viewport_size({"width": NARROW, "height": 640})
    shoot(page, f"{name}-dark-narrow")
    page.emulate_media(color_scheme="light")
    shoot(page, f"{name}-narrow")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, f"{name} scrolls sideways"
    page.set_viewport_size(usual)


def open_letter(page: Page, username: str, subject: str) -> None:
    """Go to the mailbox by its link, look again until the letter is there, and open it."""
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Mailbox").click()
    letter = page.locator("ul.letters a", has_text=subject).filter(has_text=f"to {username}@example.com").first

    def came() -> bool:
        page.get_by_role("link", name="Refresh").click()
        return letter.count() > 0

    wait_for(came)
    letter.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)


def sign_up(page: Page, username: str) -> None:
    """Fill in the sign-up form."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("Email address").fill(f"{username}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()


def sign_in(page: Page, username: str, password: str) -> None:
    """Fill in the sign-in form."""
    page.get_by_label("Username or email address").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def heading(page: Page) -> Locator:
    """Return the page's one heading."""
    return page.get_by_role("heading", level=1)
