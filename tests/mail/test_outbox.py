"""Posting a letter: a row, in the caller's own transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from microblog.db import Database
from microblog.mail import Kind, Letter, State, gathering, post
from support.clock import NOON
from support.running import RunningSite

URGENT = Kind("reset_password", urgent=True)
DIGEST = Kind("digest")
DAY = timedelta(days=1)


def letters(database: Database) -> list[Letter]:
    with database.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_letter_is_posted_with_the_callers_transaction(database: Database) -> None:
    with database.writing() as session:
        post(session, URGENT, to="alice@example.com", facts={}, useful_for=DAY, now=NOON)
        assert letters(database) == []
    assert len(letters(database)) == 1


def test_letters_can_be_gathered_and_put_in_together(database: Database) -> None:
    with database.writing() as session:
        with gathering(session):
            for name in ("alice", "bob"):
                post(
                    session, URGENT, to=f"{name}@example.com", facts={"name": name}, useful_for=DAY, now=NOON, key=name
                )
            assert session.scalar(select(func.count()).select_from(Letter)) == 0
        assert session.scalar(select(func.count()).select_from(Letter)) == 2
        post(session, DIGEST, to="carol@example.com", facts={}, useful_for=DAY, now=NOON)
    found = letters(database)
    assert [letter.to for letter in found] == ["alice@example.com", "bob@example.com", "carol@example.com"]
    assert [(letter.facts, letter.key) for letter in found[:2]] == [
        ({"name": "alice"}, "alice"),
        ({"name": "bob"}, "bob"),
    ]
    assert {(letter.state, letter.tries, letter.reason, letter.counted) for letter in found} == {
        ("waiting", 0, "", False)
    }


def test_a_letter_is_undone_with_the_callers_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:  # noqa: PT012 - the transaction is the subject
        post(session, URGENT, to="alice@example.com", facts={}, useful_for=DAY, now=NOON)
        session.flush()
        raise ZeroDivisionError
    assert letters(database) == []


def test_a_row_says_which_letter_to_whom_with_which_facts_and_until_when(database: Database) -> None:
    facts = {"username": "älice", "sign_up": 7, "changed": NOON.isoformat()}
    with database.writing() as session:
        post(session, URGENT, to="Alice@example.com", facts=facts, useful_for=DAY, now=NOON, key="reset alice")
    (letter,) = letters(database)
    assert (letter.kind, letter.urgent, letter.to) == ("reset_password", True, "Alice@example.com")
    assert letter.facts == facts
    assert letter.key == "reset alice"
    assert (letter.posted_at, letter.due_at, letter.useful_until) == (NOON, NOON, NOON + DAY)


def test_a_new_row_waits_untried_and_unclaimed(database: Database) -> None:
    with database.writing() as session:
        post(session, DIGEST, to="bob@example.com", facts={}, useful_for=DAY, now=NOON)
    (letter,) = letters(database)
    assert (letter.state, letter.urgent, letter.tries, letter.key) == (State.WAITING, False, 0, None)
    assert (letter.claim, letter.message_id, letter.reply, letter.ended_at) == (None, None, None, None)


def test_facts_are_kept_as_they_were_when_posted(database: Database) -> None:
    facts = {"username": "alice"}
    with database.writing() as session:
        post(session, DIGEST, to="alice@example.com", facts=facts, useful_for=DAY, now=NOON)
        facts["username"] = "mallory"
    assert letters(database)[0].facts == {"username": "alice"}


def test_no_row_ever_holds_the_token_that_its_letter_carries(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    alice.submit("/reset_password_request", email="alice")
    tokens = {link.rpartition("/")[2] for letter in site.letters(2) for link in links(letter.text)}
    rows = " ".join(str(vars(letter)) for letter in letters(site.database))
    assert len(tokens) == 2
    assert [token for token in tokens if token in rows or token.rpartition(".")[2] in rows] == []


def links(text: str) -> list[str]:
    return [word for word in text.split() if word.startswith("http") and word.count(".") >= 2]
