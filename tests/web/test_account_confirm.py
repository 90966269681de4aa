"""/account/confirm: for a day after a recovery a letter has to confirm what cannot be undone."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from microblog.auth.models import Confirmation
from microblog.identity import Account
from support.letters import letter_to, letters_to
from support.members import events_of, member, recovered
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

SUBJECT = "Please Confirm That It Is You"
WANTED = {"current_password": PASSWORD, "email": "new@example.org", "sure": "y"}
ACTIONS = ["address", "download", "delete"]
BUTTONS = {"address": "Move to new@example.org", "download": "Download everything", "delete": "Delete my account"}


def just_recovered(site: RunningSite, username: str = "alice") -> Visitor:
    """Return the browser of a member who was recovered just now."""
    visitor = member(site, username)
    recovered(site, username)
    return visitor


def ask(visitor: Visitor, action: str) -> Answer:
    return visitor.submit(f"/account/{action}", follow=True, **WANTED)


def asked_link(site: RunningSite, visitor: Visitor, action: str, count: int = 1, username: str = "alice") -> str:
    answer = ask(visitor, action)
    assert "we want to be sure that it is you" in answer.words, answer.words
    return link_in(letter_to(site, f"{username}@example.com", SUBJECT, count).text)


def press(visitor: Visitor, page: Answer) -> Answer:
    shown = {"csrf_token": visitor.token_in(page), "number": page.value_of("number") or ""}
    return visitor.post("/account/confirm", shown)


def is_done(site: RunningSite, action: str) -> bool:
    """Tell whether something was done for Alice."""
    kinds = {"address": "email_change_requested", "download": "data_downloaded", "delete": "deletion_requested"}
    kind = kinds[action]
    return kind in events_of(site, "alice")


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_happens_before_the_button_that_the_letter_leads_to(site: RunningSite, action: str) -> None:
    alice = just_recovered(site)
    link = asked_link(site, alice, action)
    assert events_of(site, "alice")[-1] == "confirmation_requested"
    for _ in range(2):
        assert alice.ask("HEAD", link).status == 200
        moved = alice.get(link, follow=False)
        assert (moved.status, moved.headers["Location"]) == (303, "/account/confirm")
        page = alice.get("/account/confirm")
        assert f">{BUTTONS[action]}</button>" in page.text
        assert link.rpartition("/")[2] not in page.text
    assert not is_done(site, action)
    done = press(alice, page)
    assert done.status == 200
    assert is_done(site, action)
    if action == "download":
        assert json.loads(done.text)["account"]["username"] == "alice"


@pytest.mark.parametrize("action", ACTIONS)
def test_a_reset_by_letter_is_such_a_recovery(site: RunningSite, action: str) -> None:
    alice = member(site, "alice")
    alice.submit("/reset_password_request", email="alice")
    link = link_in(letter_to(site, "alice@example.com", "Reset Your Password").text)
    assert alice.submit(link, password=PASSWORD, password2=PASSWORD).path == "/login"
    alice.sign_in("alice", PASSWORD)
    assert "we want to be sure that it is you" in ask(alice, action).words
    assert not is_done(site, action)


def test_another_password_chosen_by_the_one_before_does_not_end_the_day(site: RunningSite) -> None:
    alice = just_recovered(site)
    new = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert alice.submit("/account/password", follow=True, current_password=PASSWORD, **new).path == "/account"
    answer = alice.submit("/account/delete", follow=True, **{**WANTED, "current_password": NEW_PASSWORD})
    assert "we want to be sure that it is you" in answer.words
    assert not is_done(site, "delete")


def test_a_change_of_address_still_needs_its_own_letter(site: RunningSite) -> None:
    alice = just_recovered(site)
    done = press(alice, alice.get(asked_link(site, alice, "address")))
    assert "Check the mail of your new address" in done.words
    assert letter_to(site, "new@example.org", "Confirm Your New Address")


@pytest.mark.parametrize("action", ACTIONS)
def test_a_day_after_the_recovery_it_is_done_at_once(site: RunningSite, action: str) -> None:
    alice = just_recovered(site)
    site.clock.move(hours=23, minutes=59)
    ask(alice, action)
    assert not is_done(site, action)
    site.clock.move(minutes=1)
    alice.sign_in("alice", PASSWORD)
    ask(alice, action)
    assert is_done(site, action)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_password_is_asked_for_first(site: RunningSite, action: str) -> None:
    alice = just_recovered(site)
    answer = alice.submit(f"/account/{action}", follow=True, **{**WANTED, "current_password": NEW_PASSWORD})
    assert answer.status == 422
    with site.database.reading() as db:
        assert db.scalars(select(Confirmation)).all() == []


def test_a_link_is_used_once(site: RunningSite) -> None:
    alice = just_recovered(site)
    link = asked_link(site, alice, "download")
    page = alice.get(link)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: press(alice, page), range(4)))
    assert sorted(answer.status for answer in answers) == [200, 410, 410, 410]
    assert events_of(site, "alice").count("data_downloaded") == 1
    answer = alice.get(link)
    assert (answer.status, answer.title) == (410, "This link has been used or replaced")


def test_a_newer_letter_for_the_same_takes_its_place(site: RunningSite) -> None:
    alice = just_recovered(site)
    first = asked_link(site, alice, "download")
    other = asked_link(site, alice, "delete", 2)
    second = asked_link(site, alice, "download", 3)
    assert [alice.get(link).status for link in (first, other, second)] == [410, 200, 200]


def test_a_link_works_for_an_hour(site: RunningSite) -> None:
    alice = just_recovered(site)
    link = asked_link(site, alice, "delete")
    site.clock.move(minutes=59, seconds=59)
    page = alice.get(link)
    assert page.title == "Please confirm"
    site.clock.move(seconds=1)
    for answer in (alice.get(link), press(alice, page)):
        assert (answer.status, answer.title) == (410, "This link has expired")
    assert not is_done(site, "delete")


@pytest.mark.parametrize("values", [{"password_hash": "locked"}, {"email": "x@y.example", "email_key": "x@y.example"}])
def test_a_link_dies_when_the_account_changes(site: RunningSite, values: dict[str, str]) -> None:
    alice = just_recovered(site)
    link = asked_link(site, alice, "delete")
    with site.database.writing() as db:
        db.execute(update(Account).values(values))
    assert alice.get(link).status == 410


@pytest.mark.parametrize("values", [{"action": "delete"}, {"wanted": "mallory@example.org"}, {"nonce": "0" * 32}])
def test_a_link_confirms_the_very_thing_it_was_made_for(site: RunningSite, values: dict[str, str]) -> None:
    alice = just_recovered(site)
    link = asked_link(site, alice, "address")
    with site.database.writing() as db:
        db.execute(update(Confirmation).values(values))
    assert alice.get(link).status == 410


def test_a_visitor_signs_in_first_and_finds_the_button(site: RunningSite) -> None:
    alice, phone = just_recovered(site), site.visitor()
    page = phone.get(asked_link(site, alice, "download"))
    assert page.title == "Sign in"
    fields = {"csrf_token": phone.token_in(page), "username": "alice", "password": PASSWORD}
    page = phone.post(page.url, fields)
    assert page.title == "Please confirm"
    assert press(phone, page).headers["Content-Type"] == "application/json; charset=utf-8"


def test_without_signing_in_the_button_does_nothing(site: RunningSite) -> None:
    alice, scanner = just_recovered(site), site.visitor()
    page = scanner.get(asked_link(site, alice, "delete"))
    scanner.post("/account/confirm", {"csrf_token": scanner.token_in(page)})
    assert not is_done(site, "delete")


def test_another_member_is_told_that_it_is_not_theirs(site: RunningSite) -> None:
    alice, bob = just_recovered(site), member(site, "bob")
    answer = bob.get(asked_link(site, alice, "delete"))
    assert (answer.status, answer.title) == (403, "This link is for another account")
    pressed = bob.post("/account/confirm", {"csrf_token": bob.token_in(answer)})
    assert pressed.status == 403
    assert not is_done(site, "delete")
    assert bob.signed_in_as() == "bob"


def test_a_page_left_open_in_another_tab_confirms_no_other_thing(site: RunningSite) -> None:
    alice = just_recovered(site)
    first = alice.get(asked_link(site, alice, "download"))
    alice.get(asked_link(site, alice, "delete", 2))
    answer = press(alice, first)
    assert answer.status == 409
    assert "You opened another link in this browser since" in answer.words
    assert not is_done(site, "delete")


def test_only_so_many_letters_are_sent(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_PER_IDENTIFIER="2/hour").start()
    alice = just_recovered(site)
    assert [ask(alice, action).status for action in ACTIONS] == [200, 200, 429]
    assert letter_to(site, "alice@example.com", SUBJECT, 2)
    assert letters_to(site, "alice@example.com", SUBJECT)[2:] == []


def test_the_letter_says_what_it_is_about_and_from_where(site: RunningSite) -> None:
    alice = just_recovered(site)
    asked_link(site, alice, "delete")
    letter = letter_to(site, "alice@example.com", SUBJECT)
    assert "asked to delete your account" in letter.text
    assert "network 127.0.0.0/24" in letter.text
