"""A real double click on a real button, and a session that ends while somebody writes, with scripts and without."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import delete

from journeys.browsing import a_page, sign_in
from microblog.auth.models import SignInSession
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_on_change_password_is_told_that_it_worked(
    browser: Browser, site: RunningSite, scripts: bool
) -> None:
    site.sign_up("alice")
    site.visitor().submit("/reset_password_request", email="alice")
    with a_page(browser, site, scripts=scripts) as page:
        page.goto(link_in(site.letters(2)[-1].text))
        page.locator("#password").fill(NEW_PASSWORD)
        page.locator("#password2").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Change password").dblclick()
        expect(page.get_by_text("Your password has been reset.")).to_be_visible()
        expect(page.locator("#username")).to_have_value("alice")
        page.locator("#password").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Sign in").dblclick()
        expect(page.get_by_role("heading", name="Hi, alice!")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_post_written_while_the_session_ended_is_in_its_form_after_signing_in(
    browser: Browser, site: RunningSite, scripts: bool
) -> None:
    site.sign_up("alice")
    with a_page(browser, site, scripts=scripts) as page:
        page.goto("/login")
        sign_in(page, "alice", PASSWORD)
        page.locator("#post").fill("Two lines:\n\nand the second.")
        with site.database.writing() as db:
            db.execute(delete(SignInSession))
        page.get_by_role("button", name="Post").click()
        expect(page.get_by_text("You were signed out while you wrote")).to_be_visible()
        expect(page.locator("#draft")).to_have_value("Two lines:\n\nand the second.")
        sign_in(page, "alice", PASSWORD)
        expect(page.locator("#post")).to_have_value("Two lines:\n\nand the second.")
        page.get_by_role("button", name="Post").click()
        expect(page.get_by_text("Your post is published.")).to_be_visible()
        expect(page.locator("#post")).to_have_value("")
