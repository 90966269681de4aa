"""The operator's desk in a real browser: no JavaScript needed, no screen too narrow, no key missing."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.browsing import a_page, heading, open_letter, portray, sign_in, sign_up
from journeys.trial import FINISH, Trial
from microblog.db import Database
from microblog.mail import State
from microblog.mail.outbox import WorkerSeen
from support.outbox import put_email
from support.running import PASSWORD

LONG = "550 5.1.1 The-mailbox-you-tried-to-reach-does-not-exist. " * 3 + "https://mail.example/" + "x" * 90


@pytest.fixture(scope="module")
def admins_trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial whose admin is Alice, with letters in every state."""
    with Trial(tmp_path_factory.mktemp("admin"), ADMINS="alice@example.com") as made:
        made.start("run")
        with closing(Database(f"sqlite:///{made.folder}/data/microblog.db")) as database:
            fill(database, datetime.now(UTC))
        yield made


def fill(database: Database, now: datetime) -> None:
    """Put enough letters there for two pages, some of them awkward. None is due."""
    later = {"queued_at": now - timedelta(minutes=4), "due_at": now + timedelta(hours=1)}
    for number in range(60):
        put_email(database, State.SENT, "250 OK", queued_at=now - timedelta(minutes=number))
    put_email(database, State.WAITING, "450 4.2.0 later", to=f"{'w' * 64}@{'long.' * 30}example", **later)
    put_email(database, State.FAILED, LONG, to="<b>bold</b>@example.com", queued_at=now - timedelta(minutes=2))
    put_email(database, State.EXPIRED, *["421 busy"] * 3, queued_at=now - timedelta(minutes=9))
    put_email(database, State.DROPPED, queued_at=now - timedelta(minutes=3), reason="no_such_account")
    with database.writing() as session:
        began, seen = now - timedelta(days=1), now - timedelta(hours=1)
        session.add(WorkerSeen(id="silent", name="h" * 120, version="0", started_at=began, seen_at=seen))


def become_admin(page: Page) -> None:
    """Sign Alice up and in."""
    page.goto("/register")
    sign_up(page, "alice")
    open_letter(page, "alice", FINISH)
    page.locator(".letter-text a").click()
    page.get_by_role("button", name="Finish signing up").click()
    sign_in(page, "alice", PASSWORD)
    expect(heading(page)).to_have_text("Hi, alice!")


def test_an_admin_looks_after_the_letters_without_javascript(browser: Browser, admins_trial: Trial) -> None:
    with a_page(browser, admins_trial, scripts=False) as page:
        become_admin(page)
        page.get_by_role("navigation", name="Site").get_by_role("link", name="Mail", exact=True).click()
        expect(heading(page)).to_have_text("Mail")
        expect(page.get_by_role("img", name="A bar for each minute")).to_be_visible()
        page.get_by_text("Minute by minute").click()
        expect(page.get_by_role("columnheader", name="Failed or expired")).to_be_visible()
        portray(page, "admin-mail")
        page.get_by_role("link", name="Older").click()
        expect(page.get_by_role("link", name="Newer")).to_be_visible()
        page.get_by_label("State", exact=True).select_option("failed")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="<b>bold</b>@example.com").click()
        expect(page.get_by_text("The mail server refused it for good.")).to_be_visible()
        portray(page, "admin-letter-failed")
        page.goto("/admin/mail?state=waiting")
        page.locator(".outbox a").first.click()
        expect(page.get_by_role("button", name="Drop this email")).to_be_hidden()
        drop = page.get_by_text("Drop it …")
        drop.focus()
        page.keyboard.press("Enter")
        portray(page, "admin-letter-waiting")
        page.get_by_role("button", name="Drop this email").click()
        expect(page.get_by_role("status")).to_contain_text("This email is dropped.")
        page.get_by_role("button", name="Try it once more").click()
        expect(page.get_by_role("status")).to_contain_text("This email is due now.")


def test_an_admin_looks_at_what_letters_say(browser: Browser, admins_trial: Trial) -> None:
    with a_page(browser, admins_trial) as page:
        page.goto("/login")
        sign_in(page, "alice", PASSWORD)
        page.goto("/admin/letters")
        portray(page, "admin-letters")
        page.get_by_role("link", name="Reset Your Password").click()
        expect(heading(page)).to_have_text("[Microblog] Reset Your Password")
        for frame in page.locator("iframe").all():
            expect(frame.content_frame.get_by_text("Dear Alice,")).to_be_visible()
        portray(page, "admin-letter-sample")
        backgrounds = [
            frame.content_frame.locator("body").evaluate(BACKGROUND) for frame in page.locator("iframe").all()
        ]
        assert backgrounds[:2] != backgrounds[2:]


BACKGROUND = "body => getComputedStyle(body).backgroundColor"
