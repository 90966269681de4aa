"""/account/delete: the end of an account."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from microblog.accounts import (
    Account,
    AddressChange,
    Confirmation,
    Event,
    KeptUsername,
    Login,
    RecoveryCode,
    SecondAddress,
    about,
    delete_account,
)
from microblog.accounts.origin import Origin
from microblog.db import Database
from microblog.ops import sweep
from support.clock import NOON
from support.letters import letter_to
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

BELONGING = (Login, SecondAddress, RecoveryCode, AddressChange, Confirmation)
GOODBYE = "Your Account Was Deleted"


def delete(visitor: Visitor, **fields: str) -> Answer:
    return visitor.submit("/account/delete", follow=True, **{"current_password": PASSWORD, "sure": "y", **fields})


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def fill(site: RunningSite) -> None:
    """Give Alice a row in every table that belongs to an account."""
    with site.database.writing() as db:
        owner = db.scalars(select(Account.id)).one()
        spare = "spare@example.net"
        db.add(SecondAddress(account_id=owner, email=spare, email_key=spare, added_at=NOON))
        db.add(RecoveryCode(account_id=owner, code_hash="x", made_at=NOON))
        db.add(Confirmation(account_id=owner, action="download", wanted="", nonce="x", asked_at=NOON))
        move = {"old_email": "a@b", "new_email": "c@d", "old_email_key": "a@b", "new_email_key": "c@d"}
        db.execute(insert(AddressChange).values(account_id=owner, asked_at=NOON, **move))


def test_the_page_says_what_will_happen(site: RunningSite) -> None:
    page = member(site, "alice").get("/account/delete")
    for words in ("holds is deleted at once", "signed out everywhere", "Nobody gets your username for 30 days"):
        assert words in page.words
    assert 'href="/account/download"' in page.text
    assert " checked" not in page.text


def test_the_account_is_gone_with_all_that_belongs_to_it(site: RunningSite) -> None:
    alice, phone = member(site, "alice"), site.visitor()
    phone.sign_in("alice", PASSWORD)
    fill(site)
    bob = member(site, "bob")
    done = delete(alice)
    assert done.path == "/login"
    assert "Your account is deleted" in done.words
    assert [one.signed_in_as() for one in (alice, phone, bob)] == [None, None, "bob"]
    assert alice.sign_in("alice", PASSWORD).status == 422
    assert [count(site.database, table) for table in BELONGING] == [1, 0, 0, 0, 0]
    with site.database.reading() as db:
        assert db.scalars(select(Account.username)).all() == ["bob"]
        left = db.execute(select(Event.kind, Event.account_id.is_(None), Event.about)).all()
    key = about(site.settings.keys("events")[0], "alice@example.com")
    assert ("account deleted", True, key) in [tuple(one) for one in left]
    assert [one.kind for one in left if one[1]] == ["account deleted", "sign-in refused"]
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


def test_the_address_is_free_at_once_and_the_username_after_thirty_days(site: RunningSite) -> None:
    delete(member(site, "Alice"))
    both = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD, "email": "alice@example.com"}
    refused = site.visitor().submit("/register", follow=True, username="ALICE", **both)
    assert "is taken" in refused.words
    site.sign_up("alicia", "alice@example.com")
    list(sweep(site.database, timedelta(days=30), NOON + timedelta(days=30, seconds=-1)))
    assert count(site.database, KeptUsername) == 1
    list(sweep(site.database, timedelta(days=30), NOON + timedelta(days=30)))
    assert count(site.database, KeptUsername) == 0
    assert site.sign_up("alice", "another@example.com").sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_nor_does_anybody_get_a_username_the_member_had_before(site: RunningSite) -> None:
    alice, mallory = member(site, "alice"), member(site, "mallory")
    assert alice.submit("/edit_profile", username="alice.b", about_me="").path == "/user/alice.b"
    delete(alice)
    for name in ("alice", "Alice.B"):
        assert "is taken" in mallory.submit("/edit_profile", username=name, about_me="").words
    list(sweep(site.database, timedelta(days=30), NOON + timedelta(days=30)))
    assert site.sign_up("alice", "another@example.com").sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_a_sign_up_that_waits_for_its_letter_does_not_get_the_name_either(site: RunningSite) -> None:
    site.visitor().submit(
        "/register", username="alice", email="late@example.com", password=NEW_PASSWORD, password2=NEW_PASSWORD
    )
    link = next(word for word in site.letters(1)[0].text.split() if "://" in word)
    delete(member(site, "alice"))
    assert "was taken in the meantime" in site.visitor().get(link).words


def test_other_rooms_let_go_first_and_in_the_same_transaction(database: Database) -> None:
    seen: list[int] = []
    names = {"username": "alice", "username_key": "alice", "email": "a@b.example", "email_key": "a@b.example"}
    with database.writing() as db:
        db.execute(insert(Account).values(password_hash="x", created_at=NOON, **names))
        alice = db.scalars(select(Account)).one()

    def posts_go(session: object, account_id: int) -> None:
        seen.append(account_id)

    with database.writing() as db:
        delete_account(db, alice, [posts_go], "", NOON, Origin())
    assert seen == [alice.id]
    assert count(database, Account) == 0


def test_links_of_somebody_who_left_are_over(site: RunningSite) -> None:
    alice = member(site, "alice")
    alice.submit("/account/address", email="new@example.org", current_password=PASSWORD)
    link = link_in(letter_to(site, "new@example.org", "Confirm").text)
    assert site.visitor().get(link).title == "Confirm your new address"
    delete(alice)
    assert site.visitor().get(link).status == 410
