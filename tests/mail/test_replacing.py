"""Letters that share a key: which one counts, and what becomes of the others."""

import pytest

from mail.rows import put, row
from microblog.db import Database
from microblog.mail import State
from microblog.mail.claims import newer, retire_older
from support.clock import NOON


@pytest.mark.parametrize(
    ("older", "later", "state", "expected"),
    [
        ("reset alice", "reset alice", State.WAITING, True),
        ("reset alice", "reset alice", State.SENDING, True),
        ("reset alice", "reset alice", State.SENT, True),
        ("reset alice", "reset alice", State.FAILED, False),
        ("reset alice", "reset alice", State.EXPIRED, False),
        ("reset alice", "reset alice", State.DROPPED, False),
        ("reset alice", "reset bob", State.WAITING, False),
        ("reset alice", None, State.WAITING, False),
        (None, None, State.WAITING, False),
    ],
)
def test_a_newer_letter_with_the_same_key_that_leaves_or_left_is_seen(
    database: Database, older: str | None, later: str | None, state: State, expected: bool
) -> None:
    (first,), (second,) = put(database, NOON, key=older), put(database, NOON, key=later, state=state)
    with database.reading() as session:
        found = newer(session, row(database, first))
        assert (found and found.id) == (second if expected else None)
        assert newer(session, row(database, second)) is None


def test_of_several_newer_letters_the_newest_counts(database: Database) -> None:
    first, _, third = put(database, NOON, NOON, NOON, key="reset alice")
    with database.reading() as session:
        found = newer(session, row(database, first))
        assert found is not None
        assert found.id == third


def test_older_letters_with_the_same_key_that_wait_are_ended_and_say_what_they_remember(database: Database) -> None:
    (waiting,) = put(database, NOON, key="reset alice", facts={"counted": True})
    (sending,) = put(database, NOON, key="reset alice", state=State.SENDING, claim="two")
    (other,) = put(database, NOON, key="reset bob", facts={"other": True})
    (mine,) = put(database, NOON, key="reset alice")
    (later,) = put(database, NOON, key="reset alice", facts={"later": True})
    with database.writing() as session:
        assert retire_older(session, row(database, mine), "replaced", NOON) == {"counted": True}
    ended = row(database, waiting)
    assert (ended.state, ended.reply, ended.ended_at) == (State.DROPPED, "replaced", NOON)
    states = [row(database, number).state for number in (sending, other, mine, later)]
    assert states == [State.SENDING, State.WAITING, State.WAITING, State.WAITING]


def test_a_letter_without_a_key_ends_no_other(database: Database) -> None:
    first, second = put(database, NOON, NOON)
    with database.writing() as session:
        assert retire_older(session, row(database, second), "replaced", NOON) == {}
    assert row(database, first).state == State.WAITING
