"""What is not possible within a day of a recovery: each page says so before a password is typed for nothing."""

import re

import pytest

from support.letters import letter_to
from support.members import member, recovered
from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Answer

RECOVERED = "Your account was recovered within the last day."
UNTIL = "23 Nov 2026, 12:00 UTC"
REFUSED = {
    "/account/recovery-codes": "you can make new codes from",
    "/account/second-address": "you can add an address from",
}
CONFIRMED = ("/account/address", "/account/download", "/account/delete")
OTHERS = (
    "/account/password",
    "/account/logins",
    "/account/events",
    "/account/letters",
    "/account/second-address/remove",
)
MAIN = re.compile(r"<main.*</main>", re.DOTALL)


def asks_for_a_password(answer: Answer) -> bool:
    found = MAIN.search(answer.text)
    assert found
    return 'type="password"' in found[0]


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_refused_is_said_with_its_time_and_no_password_is_asked_for(site: RunningSite, path: str) -> None:
    alice = member(site, "alice")
    before = alice.get(path)
    assert RECOVERED not in before.words
    assert asks_for_a_password(before)
    recovered(site, "alice")
    page = alice.get(path)
    assert f"{RECOVERED} For your safety: {REFUSED[path]} {UNTIL}" in page.words
    assert "Until then" in page.words
    assert not asks_for_a_password(page)
    site.clock.move(hours=24)
    alice.sign_in("alice", PASSWORD)
    after = alice.get(path)
    assert RECOVERED not in after.words
    assert asks_for_a_password(after)


@pytest.mark.parametrize("path", CONFIRMED)
def test_what_an_email_has_to_confirm_is_said_with_its_time_and_where_it_goes(site: RunningSite, path: str) -> None:
    alice = member(site, "alice")
    assert RECOVERED not in alice.get(path).words
    recovered(site, "alice")
    page = alice.get(path)
    assert f"{RECOVERED} Until {UNTIL} this takes one more step" in page.words
    assert "we email a link to alice@example.com" in page.words
    assert asks_for_a_password(page)
    refused = alice.submit(path, email="new@example.com", current_password="wrong", sure="y")
    assert refused.status == 422
    assert f"Until {UNTIL} this takes one more step" in refused.words
    site.clock.move(hours=24)
    alice.sign_in("alice", PASSWORD)
    assert RECOVERED not in alice.get(path).words


def test_the_front_page_of_the_area_says_it_all(site: RunningSite) -> None:
    alice = member(site, "alice")
    assert RECOVERED not in alice.get("/account").words
    recovered(site, "alice")
    words = alice.get("/account").words
    assert f"{RECOVERED} For your safety, until {UNTIL}" in words
    assert "make recovery codes" in words
    assert "a link that we email to alice@example.com" in words


@pytest.mark.parametrize("path", OTHERS)
def test_nothing_is_said_where_nothing_is_restricted(site: RunningSite, path: str) -> None:
    alice = member(site, "alice")
    recovered(site, "alice")
    assert RECOVERED not in alice.get(path).words


def test_a_link_that_confirms_an_address_says_so_too(site: RunningSite) -> None:
    alice = member(site, "alice")
    alice.submit("/account/second-address", email="home@example.org", current_password=PASSWORD)
    opened = link_in(letter_to(site, "home@example.org", "Confirm").text)
    assert ">Confirm this address</button>" in alice.get(opened).text
    recovered(site, "alice")
    page = alice.get(opened)
    assert f"you can confirm this address from {UNTIL}" in page.words
    assert ">Confirm this address</button>" not in page.text
