"""Editing one's profile in a real browser, with an uploaded picture, with JavaScript and without it."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.browsing import a_page, heading, portray, sign_in
from journeys.trial import Trial
from microblog.auth import hash_password
from microblog.db import Database
from microblog.follows import add_follow
from microblog.identity import Account
from support.pictures import halves, saved
from support.running import PASSWORD

LOADED = "image => image.complete && image.naturalWidth > 0"


@pytest.fixture(scope="module")
def members_trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial with some members, one of whom has the longest name."""
    with Trial(tmp_path_factory.mktemp("profiles")) as made:
        made.start("run")
        with closing(Database(f"sqlite:///{made.folder}/data/microblog.db")) as database:
            add(database, "alice", "bob", "carol", "w" * 64)
        yield made


def add(database: Database, *usernames: str) -> None:
    """Make them members; all follow the first, who follows them."""
    now, password_hash = datetime.now(UTC), hash_password(PASSWORD)
    with database.writing() as session:
        accounts = [
            Account(
                username=name,
                username_key=name.lower(),
                email=f"{name}@example.com",
                email_key=f"{name.lower()}@example.com",
                password_hash=password_hash,
                created_at=now,
            )
            for name in usernames
        ]
        session.add_all(accounts)
        session.flush()
        first, *others = [account.id for account in accounts]
        for other in others:
            add_follow(session, follower_id=other, followed_id=first, now=now)
            add_follow(session, follower_id=first, followed_id=other, now=now)


def arrive(page: Page, username: str) -> None:
    """Sign in and go to the form by its button."""
    page.goto("/login")
    sign_in(page, username, PASSWORD)
    page.goto(f"/user/{username}")
    expect(heading(page)).to_have_text(username)
    page.get_by_role("link", name="Edit profile").click()
    expect(heading(page)).to_have_text("Edit profile")


def edit(page: Page, username: str, picture: Path) -> None:
    """Change all there is to change, and see it."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("About me").fill("I paint small boats.")
    page.get_by_label("Picture").set_input_files(picture)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Your profile is saved")
    expect(heading(page)).to_have_text(username)
    expect(page.get_by_text("I paint small boats.")).to_be_visible()
    shown = page.locator(".profile .avatar")
    expect(shown).to_have_attribute("src", re.compile(rf"^/avatar/{username}\?v=[0-9a-f]{{32}}$"))
    page.wait_for_function(LOADED, arg=shown.element_handle())
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [256, 256]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A file to upload."""
    path = tmp_path / "me.jpg"
    path.write_bytes(saved(halves(), "JPEG"))
    return path


def test_a_profile_is_edited_in_a_browser(browser: Browser, members_trial: Trial, picture: Path) -> None:
    with a_page(browser, members_trial) as page:
        arrive(page, "alice")
        count = page.locator("#about_me-count")
        expect(count).to_have_text("140 left.")
        page.get_by_label("About me").fill("👨‍👩‍👧‍👦e\u0301" + "x" * 139)
        expect(count).to_have_text("1 too many.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("About me")).to_be_focused()
        expect(page.locator("#about_me-wrong")).to_contain_text("at most 140 characters; this has 141")
        portray(page, "profile-01-refused")
        edit(page, "alicia", picture)
        portray(page, "profile-02-edited")
        page.goto("/user/alice/followers")
        page.wait_for_url("**/user/alicia/followers")
        portray(page, "profile-03-followers")
        page.goto("/user/" + "w" * 64)
        portray(page, "profile-04-longest-name")
        page.goto("/edit_profile")
        portray(page, "profile-05-edit")
        page.get_by_label("Go back to the drawn picture").check()
        page.get_by_role("button", name="Save").click()
        drawn = page.locator(".profile .avatar")
        expect(drawn).to_have_attribute("src", "/avatar/alicia")
        page.wait_for_function(LOADED, arg=drawn.element_handle())


def test_a_profile_is_edited_in_a_browser_without_javascript(
    browser: Browser, members_trial: Trial, picture: Path
) -> None:
    with a_page(browser, members_trial, scripts=False) as page:
        arrive(page, "bob")
        expect(page.locator("#about_me-count")).to_have_text("")
        page.get_by_label("Picture").set_input_files(
            {"name": "me.png", "mimeType": "image/png", "buffer": b"this is no picture"}
        )
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#avatar-wrong")).to_contain_text("We cannot read this file as a picture.")
        expect(page.get_by_label("Picture")).to_be_focused()
        page.get_by_label("Picture").set_input_files(picture)
        page.get_by_label("About me").fill("I sing.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text("Your profile is saved")
        expect(page.locator(".profile .avatar")).to_have_attribute("src", re.compile(r"\?v="))


def test_the_form_is_filled_and_sent_by_keyboard_alone(browser: Browser, members_trial: Trial) -> None:
    with a_page(browser, members_trial) as page:
        arrive(page, "carol")
        page.get_by_label("Username").focus()
        page.keyboard.press("Tab")
        page.keyboard.type("Typed with ten fingers.")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Picture")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Save")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Typed with ten fingers.")).to_be_visible()
