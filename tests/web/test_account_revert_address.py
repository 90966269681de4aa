"""/account/address/back: the old address takes the account back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from microblog.contact import AddressChange
from microblog.identity import Account, BackupEmail
from microblog.recovery.models import RecoveryCode
from support.letters import letter_to, letters_to
from support.members import events_of, member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

OLD, NEW = "alice@example.com", "mallory@example.org"
TITLE = "Take the address back"
BOTH = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}


def move(site: RunningSite, visitor: Visitor, email: str = NEW) -> None:
    """Move the account of whoever is signed in."""
    visitor.submit("/account/address", email=email, current_password=PASSWORD)
    visitor.submit(link_in(letter_to(site, email, "Confirm Your New Address").text))


def moved(site: RunningSite) -> tuple[Visitor, str]:
    """Let somebody in Alice's browser move her account; return it, and the link to take it back."""
    mallory = member(site, "alice")
    move(site, mallory)
    assert account(site).email == NEW
    return mallory, link_in(letter_to(site, OLD, "Your Address Was Changed").text)


def account(site: RunningSite) -> Account:
    with site.database.reading() as db:
        return db.scalars(select(Account).where(Account.username == "alice")).one()


def press(visitor: Visitor, page: Answer, **fields: str) -> Answer:
    shown = {"csrf_token": visitor.token_in(page), "number": page.value_of("number") or ""}
    return visitor.post("/account/address/back", shown | fields)


def test_the_old_address_takes_the_account_back_and_whoever_moved_it_is_out(site: RunningSite) -> None:
    mallory, link = moved(site)
    alice = site.visitor()
    page = alice.get(link)
    assert page.title == TITLE
    done = press(alice, page, sure="y")
    assert done.path == "/login"
    assert f"has the address {OLD} again" in done.words
    assert account(site).email == OLD
    assert mallory.signed_in_as() is None
    assert mallory.sign_in("alice", PASSWORD).status == 422
    assert "email_restored" in events_of(site, "alice")
    for address in (OLD, NEW):
        assert letter_to(site, address, "Your Account Was Restored")
    reset = link_in(letter_to(site, OLD, "Get Back In").text)
    assert alice.submit(reset, follow=True, **BOTH).path == "/login"
    assert alice.sign_in("alice", NEW_PASSWORD).title == "Hi, alice!"


def test_without_the_tick_nothing_happens_so_no_scanner_does_it(site: RunningSite) -> None:
    mallory, link = moved(site)
    scanner = site.visitor()
    for _ in range(2):
        assert scanner.ask("HEAD", link).status == 200
        page = scanner.get(link)
        assert link.rpartition("/")[2] not in page.text
        assert " checked" not in page.text
        refused = press(scanner, page)
        assert refused.status == 422
        assert "Please tick the box" in refused.words
    assert account(site).email == NEW
    assert mallory.signed_in_as() == "alice"


def test_every_link_on_its_way_dies(site: RunningSite) -> None:
    mallory, link = moved(site)
    mallory.submit("/account/address", email="third@example.org", current_password=PASSWORD)
    third = link_in(letter_to(site, "third@example.org", "Confirm").text)
    site.visitor().submit("/reset_password_request", email=NEW)
    reset = link_in(letter_to(site, NEW, "Reset").text)
    alice = site.visitor()
    press(alice, alice.get(link), sure="y")
    for dead in (third, reset, link):
        assert site.visitor().get(dead).status == 410
    with site.database.reading() as db:
        assert None not in db.scalars(select(AddressChange.completed_at)).all()


def test_a_reset_link_from_before_the_move_does_not_come_to_life_again(site: RunningSite) -> None:
    mallory = member(site, "alice")
    site.visitor().submit("/reset_password_request", email="alice")
    before = link_in(letter_to(site, OLD, "Reset").text)
    move(site, mallory)
    alice = site.visitor()
    press(alice, alice.get(link_in(letter_to(site, OLD, "Changed").text)), sure="y")
    assert site.visitor().get(before).status == 410


def test_ways_back_that_were_added_since_are_gone_and_older_ones_stay(site: RunningSite) -> None:
    mallory = member(site, "alice")
    owner = account(site).id
    with site.database.writing() as db:
        db.add(RecoveryCode(account_id=owner, code_hash="older", made_at=site.clock() - timedelta(days=15)))
    site.clock.move(minutes=1)
    move(site, mallory)
    with site.database.writing() as db:
        db.add(RecoveryCode(account_id=owner, code_hash="newer", made_at=site.clock()))
        spare = "spare@example.org"
        db.add(BackupEmail(account_id=owner, email=spare, email_key=spare, added_at=site.clock()))
    alice = site.visitor()
    press(alice, alice.get(link_in(letter_to(site, OLD, "Changed").text)), sure="y")
    with site.database.reading() as db:
        assert db.scalars(select(RecoveryCode.code_hash)).all() == ["older"]
        assert db.scalars(select(BackupEmail)).all() == []


def test_a_link_works_for_seven_days_whatever_becomes_of_the_password(site: RunningSite) -> None:
    mallory, link = moved(site)
    mallory.submit("/account/password", follow=True, current_password=PASSWORD, **BOTH)
    site.clock.move(days=6, hours=23, minutes=59)
    alice = site.visitor()
    page = alice.get(link)
    assert page.title == TITLE
    site.clock.move(minutes=1)
    for answer in (site.visitor().get(link), press(alice, page, sure="y")):
        assert (answer.status, answer.title) == (410, "This link has expired")
    site.clock.move(minutes=-1)
    press(alice, page, sure="y")
    assert account(site).email == OLD


def test_taking_back_the_first_of_two_moves_undoes_the_second_too(site: RunningSite) -> None:
    mallory, link = moved(site)
    site.clock.move(minutes=1)
    move(site, mallory, "third@example.org")
    second = link_in(letter_to(site, NEW, "Changed").text)
    alice = site.visitor()
    press(alice, alice.get(link), sure="y")
    assert account(site).email == OLD
    assert site.visitor().get(second).status == 410
    assert letter_to(site, "third@example.org", "Was Restored")
    with site.database.reading() as db:
        assert None not in db.scalars(select(AddressChange.taken_back_at)).all()


def test_an_address_that_is_somebody_elses_by_now_is_not_taken_from_them(site: RunningSite) -> None:
    _, link = moved(site)
    member(site, "bob", OLD)
    answer = site.visitor().get(link)
    assert (answer.status, answer.title) == (410, "This address belongs to another account")
    assert account(site).email == NEW


def test_of_simultaneous_presses_one_takes_it_back(site: RunningSite) -> None:
    _, link = moved(site)
    readers = [site.visitor() for _ in range(4)]
    pages = [reader.get(link) for reader in readers]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: press(*one, sure="y"), zip(readers, pages, strict=True)))
    assert sorted(answer.status for answer in answers) == [200, 410, 410, 410]
    assert events_of(site, "alice").count("email_restored") == 1
    assert letter_to(site, OLD, "Was Restored")
    assert letters_to(site, OLD, "Was Restored")[1:] == []


@pytest.mark.parametrize("where", ["at home", "in her own browser", "in another member's browser"])
def test_it_works_in_any_browser_and_signs_it_out(site: RunningSite, where: str) -> None:
    mallory, link = moved(site)
    reader = {"at home": site.visitor(), "in her own browser": mallory}.get(where) or member(site, "bob")
    done = press(reader, reader.get(link), sure="y")
    assert (done.path, reader.signed_in_as()) == ("/login", None)
    assert account(site).email == OLD


def test_a_page_left_open_in_another_tab_takes_no_other_address_back(site: RunningSite) -> None:
    mallory, link = moved(site)
    site.clock.move(minutes=1)
    move(site, mallory, "third@example.org")
    alice = site.visitor()
    first = alice.get(link)
    alice.get(link_in(letter_to(site, NEW, "Changed").text))
    assert press(alice, first, sure="y").status == 409
    assert account(site).email == "third@example.org"
