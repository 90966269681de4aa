"""Finding accounts, one by one and many at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.identity import Account, BackupEmail, find_by_any_name, find_by_key, find_reached, load_by_keys
from microblog.mail import canonical_identifier
from support.clock import NOON


@pytest.fixture
def members(database: Database) -> Database:
    with database.writing() as session:
        for name in ("alice", "bob", "carol"):
            address = f"{name}@example.com"
            member = Account(
                username=name.title(),
                username_key=name,
                email=address.title(),
                email_key=address,
                password_hash="none",
                created_at=NOON,
            )
            member.deactivated_at = NOON if name == "carol" else None
            session.add(member)
            session.flush()
            second = f"{name}@home.example" if name != "bob" else "alice@example.com"
            session.add(BackupEmail(account_id=member.id, email=second.title(), email_key=second, added_at=NOON))
    return database


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: sent.append(call[2]))
    yield sent


TYPED = {
    "alice": "Alice",
    " ALICE ": "Alice",
    "Bob@Example.com": "Bob",
    "bob": "Bob",
    "alice@example.com": "Alice",
    "alice@home.example": None,  # nobody signs in by a second address
    "carol": None,
    "nobody": None,
}


@pytest.mark.parametrize("typed", TYPED)
def test_an_active_account_is_found_by_any_spelling(members: Database, typed: str) -> None:
    with members.reading() as session:
        found = find_by_key(session, canonical_identifier(typed))
        assert (found and found.username) == TYPED[typed]


KEYS = ["alice", "bob@example.com", "carol", "carol@example.com", "nobody", "nobody@example.com"]


def test_many_at_once_are_the_same_ones_in_three_questions(members: Database) -> None:
    with members.reading() as session:
        one_by_one = [find_by_key(session, key) for key in KEYS]
    with members.reading() as session, counted(session) as sent:
        load_by_keys(session, KEYS)
        together = [find_by_key(session, key) for key in KEYS]
        assert len(sent) == 3
    names = [[one and one.username for one in found] for found in (one_by_one, together)]
    assert names == [["Alice", "Bob", None, None, None, None]] * 2


def test_first_addresses_that_are_known_need_no_further_question(members: Database) -> None:
    with members.reading() as session, counted(session) as sent:
        load_by_keys(session, ["alice@example.com", "bob@example.com"])
        assert find_reached(session, "alice@example.com")
        assert len(sent) == 1


REACHED = {
    "alice": ("Alice", ["Alice@Example.Com", "Alice@Home.Example"]),
    "alice@example.com": ("Alice", ["Alice@Example.Com"]),  # also named by Bob, but it is Alice's first one
    "alice@home.example": ("Alice", ["Alice@Home.Example"]),
    "bob": ("Bob", ["Bob@Example.Com"]),
    "carol": None,
    "carol@example.com": None,
    "carol@home.example": None,
    "nobody@example.com": None,
}


@pytest.mark.parametrize("at_once", [False, True])
def test_letters_reach_an_account_at_the_address_that_was_typed_and_by_its_name_at_all(
    members: Database, at_once: bool
) -> None:
    with members.reading() as session, counted(session) as sent:
        if at_once:
            load_by_keys(session, REACHED)
        found = {key: find_reached(session, key) for key in REACHED}
        assert len(sent) == (3 if at_once else 14)
    told = {key: (one.account.username, list(one.addresses)) if one else None for key, one in found.items()}
    assert told == REACHED


def test_by_any_name_the_same_account_is_found_in_one_question(members: Database) -> None:
    with members.reading() as session, counted(session) as sent:
        found = {key: find_by_any_name(session, key.upper()) for key in REACHED}
        assert len(sent) == len(REACHED)
    assert {key: one and one.username for key, one in found.items()} == {
        key: reached and reached[0] for key, reached in REACHED.items()
    }


def test_what_was_not_among_them_is_still_found(members: Database) -> None:
    with members.reading() as session:
        load_by_keys(session, ["bob@example.com"])
        found = find_by_key(session, "alice")
        reached = [find_reached(session, key) for key in ("alice", "alice@home.example")]
    assert found
    assert found.username == "Alice"
    assert [one and len(one.addresses) for one in reached] == [2, 1]
