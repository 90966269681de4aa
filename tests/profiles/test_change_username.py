"""Changing a username: the former one stays its owner's, and leads to them."""

import threading
import time

import pytest
from sqlalchemy import delete, event, select

from microblog.audit import EventType, audit_log
from microblog.audit.models import Event
from microblog.db import Database
from microblog.identity import (
    Account,
    BackupEmail,
    TooManyUsernames,
    UsernameTaken,
    find_any,
    find_anyone,
    find_by_any_name,
    find_by_key,
    known_by,
    load_by_keys,
)
from microblog.identity.kept_usernames import MOST_FORMER
from microblog.identity.models import FormerUsername
from microblog.identity.username_owners import username_taken
from microblog.mail import Email, canonical_identifier, parse_address
from microblog.origin import Origin
from microblog.profiles.change_username import change_username
from microblog.registration.sign_up import keep_sign_up
from microblog.words import refusal_text
from support.clock import NOON
from support.community import add_member, deactivate
from support.refusing import refused

PHONE = Origin("Firefox on Android", "192.0.2.0/24")


def rename(database: Database, account_id: int, username: str) -> bool:
    with database.writing() as session:
        account = session.get_one(Account, account_id)
        return change_username(session, account, username, NOON, PHONE)


def former(database: Database) -> dict[str, int]:
    with database.reading() as session:
        rows = session.execute(select(FormerUsername.username_key, FormerUsername.account_id))
        return {row.username_key: row.account_id for row in rows}


def find(database: Database, typed: str) -> int | None:
    with database.reading() as session:
        found = find_by_key(session, canonical_identifier(typed))
        return found.id if found else None


def test_a_member_has_the_new_username_and_keeps_the_former_one(database: Database) -> None:
    alice = add_member(database, "Alice")
    assert rename(database, alice, "Alicia")
    assert former(database) == {"alice": alice}
    assert find(database, "ALICIA") == find(database, "alice") == find(database, "alice@example.com") == alice


def test_letters_that_wait_find_the_member_by_the_former_username(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    rename(database, alice, "alicia")
    with database.reading() as session:
        load_by_keys(session, ["alice", "alicia", "bob", "nobody"])
        found = [find_by_key(session, name) for name in ("alice", "alicia", "bob", "nobody")]
        assert [account and account.id for account in found] == [alice, alice, bob, None]


def test_nobody_else_can_take_a_former_username(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    rename(database, alice, "alicia")
    with refused(UsernameTaken, "The username ALICE is taken"):
        rename(database, bob, "ALICE")
    with database.writing() as session, pytest.raises(UsernameTaken):
        keep_sign_up(session, username="Alice", address=parse_address("c@example.com"), password_hash="x", now=NOON)
    assert find(database, "bob") == bob


def test_nobody_can_take_a_username_that_somebody_has(database: Database) -> None:
    alice = add_member(database, "alice")
    deactivate(database, add_member(database, "bob"))
    with pytest.raises(UsernameTaken):
        rename(database, alice, "Bob")
    assert former(database) == {}


def test_a_former_username_can_be_taken_back_by_its_owner(database: Database) -> None:
    alice = add_member(database, "alice")
    for username in ("alicia", "alice"):
        assert rename(database, alice, username)
    assert former(database) == {"alicia": alice}
    assert find(database, "alicia") == find(database, "alice") == alice


def test_another_spelling_of_the_same_username_leaves_no_former_one(database: Database) -> None:
    alice = add_member(database, "alice")
    assert rename(database, alice, "Alice")
    assert former(database) == {}
    assert not rename(database, alice, "Alice")


def test_nobody_keeps_any_number_of_usernames_from_others(database: Database) -> None:
    alice = add_member(database, "name0")
    for number in range(1, MOST_FORMER + 1):
        rename(database, alice, f"name{number}")
    with refused(TooManyUsernames, "which is as many as one can"):
        rename(database, alice, "another")
    assert rename(database, alice, "name0")
    assert len(former(database)) == MOST_FORMER


def test_nobody_gets_a_username_that_speaks_for_the_site(database: Database) -> None:
    alice = add_member(database, "alice")
    with refused(UsernameTaken, "The username Supp0rt is taken"):
        rename(database, alice, "Supp0rt")
    with database.writing() as session, refused(UsernameTaken, "The username Admin is taken"):
        keep_sign_up(session, username="Admin", address=parse_address("c@example.com"), password_hash="x", now=NOON)
    assert find(database, "alice") == alice
    assert former(database) == {}


def test_whoever_has_such_a_username_from_before_keeps_it_and_can_come_back_to_it(database: Database) -> None:
    admin = add_member(database, "admin")
    for username in ("Admin", "alice", "admin"):
        assert rename(database, admin, username)
        assert find(database, "admin") == find(database, username) == admin
    with pytest.raises(UsernameTaken):
        rename(database, admin, "root")


@pytest.mark.parametrize("active", [True, False])
def test_by_a_former_username_everything_is_found_that_is_by_the_present_one(database: Database, active: bool) -> None:
    alice = add_member(database, "alice")
    rename(database, alice, "alicia")
    if not active:
        deactivate(database, alice)
    for name in ("alice", "alicia"):
        with database.reading() as session:
            assert [one.id if one else None for one in (find_any(session, name), find_anyone(session, name))] == [
                alice,
                alice,
            ]
            assert (find_by_any_name(session, name) is not None) == active
            assert set(known_by(session, name).keys) == {"alice", "alicia", "alice@example.com"}
            seen = audit_log.read_site_events(session, size=9, identifier_key=name, about="")
            assert [one.kind for one in seen.entries] == [EventType.USERNAME_CHANGED]


def test_it_is_noted_that_a_username_was_changed_and_from_where(database: Database) -> None:
    alice = add_member(database, "alice")
    rename(database, alice, "alicia")
    rename(database, alice, "alicia")
    with database.reading() as session:
        events = session.scalars(select(Event).where(Event.account_id == alice)).all()
        assert [(event.kind, event.network, event.detail) for event in events] == [
            (EventType.USERNAME_CHANGED, "192.0.2.0/24", "")
        ]


def test_every_address_is_told_of_another_username_and_of_another_spelling_none(database: Database) -> None:
    alice = add_member(database, "alice")
    with database.writing() as session:
        session.add(BackupEmail(account_id=alice, email="a@home.example", email_key="a@home.example", added_at=NOON))
    for username in ("Alice", "alicia"):
        rename(database, alice, username)
    with database.reading() as session:
        letters = session.scalars(select(Email).order_by(Email.id)).all()
        assert [(one.kind, one.to) for one in letters] == [
            ("username_changed", "alice@example.com"),
            ("username_changed", "a@home.example"),
        ]
        assert (letters[0].payload["before"], letters[0].payload["username"]) == ("Alice", "alicia")


def test_with_an_account_its_former_usernames_are_free_again(database: Database) -> None:
    alice = add_member(database, "alice")
    rename(database, alice, "alicia")
    with database.writing() as session:
        session.execute(delete(Account).where(Account.id == alice))
    with database.reading() as session:
        assert not username_taken(session, "alice")
        assert not username_taken(session, "alicia")


def test_whether_a_username_is_taken_is_asked_in_one_statement(database: Database) -> None:
    """Between two, a username could become a former one and seem free."""
    add_member(database, "alice")
    with database.reading() as session:
        sent: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *call: sent.append(call[2]))
        assert username_taken(session, "alice")
        assert len(sent) == 1


def test_whoever_has_a_username_now_comes_before_whoever_had_it(database: Database) -> None:
    """It should not happen that two have it; where it does, it is the present one's, asked for alone or with others."""
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    with database.writing() as session:
        session.add(FormerUsername(username_key="bob", username="bob", account_id=alice, changed_at=NOON))
    assert find(database, "bob") == bob
    with database.reading() as session:
        load_by_keys(session, ["alice", "bob"])
        assert (found := find_by_key(session, "bob"))
        assert found.id == bob


def test_of_two_who_want_the_same_username_at_once_one_has_it_and_one_is_told(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    told: list[str] = []

    def second() -> None:
        try:
            rename(database, bob, "zoe")
        except UsernameTaken as refusal:
            told.append(refusal_text(refusal))

    thread = threading.Thread(target=second)
    with database.writing() as session:
        change_username(session, session.get_one(Account, alice), "zoe", NOON, PHONE)
        session.flush()
        thread.start()
        time.sleep(0.3)
    thread.join(10)
    assert told == ["The username zoe is taken. Please choose another."]
    assert (find(database, "zoe"), find(database, "bob")) == (alice, bob)
    assert former(database) == {"alice": alice}
