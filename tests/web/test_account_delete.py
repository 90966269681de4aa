"""/account/delete: an account is deleted three days after its owner asked for that, unless they change their mind."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from microblog.audit import hash_identifier
from microblog.audit.models import Event
from microblog.auth.models import Confirmation, SignInSession
from microblog.cli.start import make_worker
from microblog.contact import AddressChange
from microblog.contact.models import PendingBackupEmail
from microblog.db import Database
from microblog.identity import Account, BackupEmail
from microblog.identity.models import KeptUsername
from microblog.ops import delete_due, sweep
from microblog.recovery.models import RecoveryCode
from support.clock import NOON
from support.letters import letter_to, letters_to
from support.members import events_of, member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

BELONGING = (SignInSession, BackupEmail, RecoveryCode, AddressChange, Confirmation)
ASKED, GOODBYE = "Your account will be deleted on 25 November", "Your Account Was Deleted"
BEGUN = (AddressChange, PendingBackupEmail, Confirmation)


def delete(visitor: Visitor, **fields: str) -> Answer:
    return visitor.submit("/account/delete", follow=True, **{"current_password": PASSWORD, "sure": "y", **fields})


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def usernames(site: RunningSite) -> list[str]:
    with site.database.reading() as db:
        return sorted(db.scalars(select(Account.username)))


def the_worker_deletes(site: RunningSite) -> int:
    """Let the worker delete what is due, and return how many accounts that was."""
    return sum(delete_due(site.database, site.settings.keys("events")[0], site.clock()))


def three_days_pass(site: RunningSite) -> None:
    site.clock.move(days=3)
    assert the_worker_deletes(site) == 1


def fill(site: RunningSite) -> None:
    """Give Alice a row in every table that belongs to an account."""
    with site.database.writing() as db:
        owner = db.scalars(select(Account.id)).one()
        spare = "spare@example.net"
        db.add(BackupEmail(account_id=owner, email=spare, email_key=spare, added_at=NOON))
        db.add(RecoveryCode(account_id=owner, code_hash="x", made_at=NOON))
        db.add(Confirmation(account_id=owner, action="download", wanted="", nonce="x", asked_at=NOON))
        other, late = "e@f.example", NOON + timedelta(days=1)
        db.add(PendingBackupEmail(account_id=owner, email=other, email_key=other, asked_at=NOON, expires_at=late))
        move = {"old_email": "a@b", "new_email": "c@d", "old_email_key": "a@b", "new_email_key": "c@d"}
        db.execute(insert(AddressChange).values(account_id=owner, asked_at=NOON, **move))


def test_the_page_says_what_will_happen_and_when(site: RunningSite) -> None:
    page = member(site, "alice").get("/account/delete")
    for words in ("signed out everywhere at once", "After 3 days the account alice", "for another 30 days"):
        assert words in page.words
    assert 'href="/account/download"' in page.text
    assert " checked" not in page.text
    assert "after three days" in member(site, "bob").get("/account").words


def test_asking_signs_out_everywhere_gives_up_what_was_begun_and_tells_every_address(site: RunningSite) -> None:
    alice, phone = member(site, "alice"), site.visitor()
    phone.sign_in("alice", PASSWORD)
    fill(site)
    bob = member(site, "bob")
    done = delete(alice)
    assert done.path == "/login"
    assert "Your account will be deleted after 12:00 UTC on 25 November 2026" in done.words
    assert [one.signed_in_as() for one in (alice, phone, bob)] == [None, None, "bob"]
    assert [count(site.database, table) for table in BEGUN] == [0, 0, 0]
    assert events_of(site, "alice")[-1] == "deletion_requested"
    for address in ("alice@example.com", "spare@example.net"):
        text = letter_to(site, address, ASKED).text
        assert text.splitlines()[2].startswith("You are getting this email because")
        assert link_in(text).startswith(f"{site.base}/account/keep/")
        assert "choose a new password" in text


def test_nothing_is_deleted_before_three_days_have_passed(site: RunningSite) -> None:
    delete(member(site, "alice"))
    site.clock.move(days=3, seconds=-1)
    assert the_worker_deletes(site) == 0
    assert usernames(site) == ["alice"]
    site.clock.move(seconds=1)
    assert the_worker_deletes(site) == 1
    assert usernames(site) == []


def test_the_worker_that_the_command_starts_does_it_within_its_hourly_round(site: RunningSite) -> None:
    delete(member(site, "alice"))
    site.clock.move(days=3)
    worker = make_worker(site.settings, site.database, site.clock)
    site.clock.move(minutes=10)  # by then two readings of the clock agree
    for job in worker._rounds.due():
        job(site.clock())
    assert usernames(site) == []


def test_then_the_account_is_gone_with_all_that_belongs_to_it(site: RunningSite) -> None:
    alice = member(site, "alice")
    fill(site)
    member(site, "bob")
    delete(alice)
    three_days_pass(site)
    assert alice.sign_in("alice", PASSWORD).status == 422
    assert [count(site.database, table) for table in BELONGING] == [1, 0, 0, 0, 0]
    assert usernames(site) == ["bob"]
    with site.database.reading() as db:
        left = db.execute(select(Event.kind, Event.account_id.is_(None), Event.about)).all()
    key = hash_identifier(site.settings.keys("events")[0], "alice@example.com")
    assert ("account_deleted", True, key) in [tuple(one) for one in left]
    assert [one.kind for one in left if one[1]] == ["account_deleted", "sign_in_refused"]
    for address in ("alice@example.com", "spare@example.net"):
        assert "Dear alice" in letter_to(site, address, GOODBYE).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"sure": ""}, "Please tick the box if you want that."),
        ({"current_password": ""}, "Please type your password."),
        ({"current_password": NEW_PASSWORD}, "That is not your password."),
    ],
)
def test_without_the_tick_or_the_password_nothing_happens(site: RunningSite, fields: dict[str, str], why: str) -> None:
    alice = member(site, "alice")
    typed = {name: value for name, value in {"sure": "y", **fields}.items() if value or name != "sure"}
    page = alice.get("/account/delete")
    answer = alice.post(page.url, {"csrf_token": alice.token_in(page), "current_password": PASSWORD, **typed})
    assert answer.status == 422
    assert why in answer.words
    assert alice.signed_in_as() == "alice"


def test_meanwhile_others_find_neither_the_member_nor_what_they_said(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    alice.submit("/index", post="Good morning, everybody")
    assert "Good morning" in bob.get("/explore").text
    delete(alice)
    assert bob.get("/user/alice").status == 404
    assert bob.get("/avatar/alice").status == 404
    assert "Good morning" not in bob.get("/explore").text


def test_signing_in_keeps_the_account_and_tells_every_address(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    alice.submit("/index", post="Good morning, everybody")
    delete(alice)
    site.clock.move(days=3)  # due, and no worker was there yet
    assert "Your account will not be deleted." in alice.sign_in("alice", PASSWORD).words
    assert events_of(site, "alice")[-2:] == ["deletion_cancelled", "signed_in"]
    assert "because somebody signed in" in letter_to(site, "alice@example.com", "Your account will not be deleted").text
    assert the_worker_deletes(site) == 0
    bob.sign_in("bob", PASSWORD)
    assert "Good morning" in bob.get("/explore").text
    alice.sign_out()
    assert "will not be deleted" not in alice.sign_in("alice", PASSWORD).words, "it is said once"


def test_a_password_chosen_anew_by_email_still_opens_the_account(site: RunningSite) -> None:
    alice = member(site, "alice")
    delete(alice)
    alice.submit("/reset_password_request", email="alice")
    link = link_in(letter_to(site, "alice@example.com", "Reset Your Password").text)
    assert alice.submit(link, password=NEW_PASSWORD, password2=NEW_PASSWORD).path == "/login"
    alice.sign_in("alice", NEW_PASSWORD)
    assert alice.signed_in_as() == "alice"
    letter_to(site, "alice@example.com", "will not be deleted")


def test_the_same_press_twice_is_one_deletion_and_one_email(site: RunningSite) -> None:
    alice = member(site, "alice")
    page = alice.get("/account/delete")
    fields = {"csrf_token": alice.token_in(page), "current_password": PASSWORD, "sure": "y"}
    for _ in range(2):
        alice.post("/account/delete", fields)
    letter_to(site, "alice@example.com", ASKED)
    assert events_of(site, "alice").count("deletion_requested") == 1
    assert len(letters_to(site, "alice@example.com", ASKED)) == 1


def test_the_address_is_free_then_and_the_username_after_thirty_more_days(site: RunningSite) -> None:
    delete(member(site, "Alice"))
    both = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD, "email": "alice@example.com"}
    assert "is taken" in site.visitor().submit("/register", follow=True, username="ALICE", **both).words
    three_days_pass(site)
    letter_to(site, "Alice@example.com", GOODBYE)
    assert "is taken" in site.visitor().submit("/register", follow=True, username="ALICE", **both).words
    site.sign_up("alicia", "alice@example.com")
    gone_at = NOON + timedelta(days=3)
    list(sweep(site.database, timedelta(days=30), gone_at + timedelta(days=30, seconds=-1)))
    assert count(site.database, KeptUsername) == 1
    list(sweep(site.database, timedelta(days=30), gone_at + timedelta(days=30)))
    assert count(site.database, KeptUsername) == 0
    assert site.sign_up("alice", "another@example.com").sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_nor_does_anybody_get_a_username_the_member_had_before(site: RunningSite) -> None:
    alice, mallory = member(site, "alice"), member(site, "mallory")
    assert alice.submit("/edit_profile", username="alice.b", about_me="").path == "/user/alice.b"
    delete(alice)
    three_days_pass(site)
    letter_to(site, "alice@example.com", GOODBYE)
    mallory.sign_in("mallory", PASSWORD)
    for name in ("alice", "Alice.B"):
        assert "is taken" in mallory.submit("/edit_profile", username=name, about_me="").words
    list(sweep(site.database, timedelta(days=30), NOON + timedelta(days=33)))
    assert site.sign_up("alice", "another@example.com").sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_a_sign_up_that_waits_for_its_email_does_not_get_the_name_either(site: RunningSite) -> None:
    site.visitor().submit(
        "/register", username="alice", email="late@example.com", password=NEW_PASSWORD, password2=NEW_PASSWORD
    )
    link = link_in(site.letters(1)[0].text)
    member(site, "alice")
    with site.database.writing() as db:
        db.execute(update(Account).values(deletion_due_at=site.clock()))
    assert the_worker_deletes(site) == 1
    assert "was taken in the meantime" in site.visitor().get(link).words


def test_links_of_somebody_who_left_are_over(site: RunningSite) -> None:
    alice = member(site, "alice")
    alice.submit("/account/address", email="new@example.org", current_password=PASSWORD)
    link = link_in(letter_to(site, "new@example.org", "Confirm").text)
    assert site.visitor().get(link).title == "Confirm your new address"
    delete(alice)
    assert site.visitor().get(link).status == 410
