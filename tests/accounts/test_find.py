"""Finding accounts, one by one and many at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from microblog.accounts import Account, find_account, find_by_key, load_by_keys
from microblog.db import Database
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
    return database


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: sent.append(call[2]))
    yield sent


TYPED = {"alice": "Alice", " ALICE ": "Alice", "Bob@Example.com": "Bob", "bob": "Bob", "carol": None, "nobody": None}


@pytest.mark.parametrize("typed", TYPED)
def test_an_active_account_is_found_by_any_spelling(members: Database, typed: str) -> None:
    with members.reading() as session:
        found = find_account(session, typed)
        assert (found and found.username) == TYPED[typed]


KEYS = ["alice", "bob@example.com", "carol", "carol@example.com", "nobody", "nobody@example.com"]


def test_many_at_once_are_the_same_ones_in_two_questions(members: Database) -> None:
    with members.reading() as session:
        one_by_one = [find_by_key(session, key) for key in KEYS]
    with members.reading() as session, counted(session) as sent:
        load_by_keys(session, KEYS)
        together = [find_by_key(session, key) for key in KEYS]
        assert len(sent) == 2
    names = [[one and one.username for one in found] for found in (one_by_one, together)]
    assert names == [["Alice", "Bob", None, None, None, None]] * 2


def test_what_was_not_among_them_is_still_found(members: Database) -> None:
    with members.reading() as session:
        load_by_keys(session, ["alice"])
        found = find_by_key(session, "bob")
    assert found
    assert found.username == "Bob"
