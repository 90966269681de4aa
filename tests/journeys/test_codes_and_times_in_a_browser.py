"""New recovery codes copied, saved and printed; and times in the reader's own zone."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from journeys.browsing import a_page, heading, portray
from journeys.test_ways_back import become_member
from journeys.trial import Trial
from support.running import PASSWORD

CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b")


def make_codes(page: Page) -> list[str]:
    """Make new codes, and return them as the page shows them."""
    page.goto("/account/recovery-codes")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make ten new codes").click()
    expect(heading(page)).to_have_text("Your recovery codes")
    return page.locator(".codes code").all_inner_texts()


def test_codes_are_copied_saved_and_printed_and_leave_the_browser_by_no_request(
    browser: Browser, shared_trial: Trial, tmp_path: Path
) -> None:
    with a_page(browser, shared_trial) as page:
        become_member(page, "saver")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        codes = make_codes(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.method} {request.url} {request.post_data}"))
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_text("Copied.")).to_be_visible()
        assert CODE.findall(page.evaluate("navigator.clipboard.readText()")) == codes
        with page.expect_download() as saving:
            page.get_by_role("button", name="Download").click()
        saving.value.save_as(tmp_path / "codes.txt")
        saved = (tmp_path / "codes.txt").read_text()
        assert CODE.findall(saved) == codes
        assert "Account saver" in saved
        page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
        page.get_by_role("button", name="Print").click()
        assert page.evaluate("document.body.dataset.printed") == "yes"
        assert not [one for one in asked if any(code in one for code in codes) or not one.startswith("GET blob:")]
        portray(page, "codes-05-buttons")


def test_without_scripts_there_is_no_button_that_does_nothing(browser: Browser, shared_trial: Trial) -> None:
    with a_page(browser, shared_trial, scripts=False) as page:
        become_member(page, "writer")
        assert len(make_codes(page)) == 10
        for name in ("Copy", "Download", "Print"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
        page.goto("/account/logins")
        expect(page.locator("time.zoned").first).to_contain_text("UTC")


def test_times_of_the_account_are_in_the_readers_zone(browser: Browser, shared_trial: Trial) -> None:
    context = browser.new_context(base_url=shared_trial.base, timezone_id="Pacific/Kiritimati")
    page = context.new_page()
    become_member(page, "traveller")
    for path in ("/account/logins", "/account/events", "/account"):
        page.goto(path)
        shown = page.locator("main time[datetime]").first
        there = page.evaluate(
            "moment => new Date(moment).toLocaleDateString('en-GB', {day: 'numeric', timeZone: 'Pacific/Kiritimati'})",
            shown.get_attribute("datetime"),
        )
        expect(shown).to_have_text(re.compile(rf"^{there} "))
        expect(shown).not_to_contain_text("UTC")
        assert "14" in (shown.get_attribute("title") or ""), "the title names the zone, GMT+14"
    context.close()
