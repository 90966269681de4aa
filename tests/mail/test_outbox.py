"""Posting an email: a row, in the caller's own transaction."""

import pytest
from sqlalchemy import func, select

from microblog.db import Database
from microblog.mail import Email, State, batched_inserts, queue
from support.clock import NOON
from support.notes import NOTE, URGENT, Note
from support.running import RunningSite


def emails(database: Database) -> list[Email]:
    with database.reading() as session:
        return list(session.scalars(select(Email).order_by(Email.id)))


def test_an_email_is_posted_with_the_callers_transaction(database: Database) -> None:
    with database.writing() as session:
        queue(session, URGENT, to="alice@example.com", payload=Note(), now=NOON)
        assert emails(database) == []
    assert len(emails(database)) == 1


def test_emails_can_be_gathered_and_put_in_together(database: Database) -> None:
    with database.writing() as session:
        with batched_inserts(session):
            for name in ("alice", "bob"):
                queue(session, URGENT, to=f"{name}@example.com", payload=Note(name), now=NOON, key=name)
            assert session.scalar(select(func.count()).select_from(Email)) == 0
        assert session.scalar(select(func.count()).select_from(Email)) == 2
        queue(session, NOTE, to="carol@example.com", payload=Note(), now=NOON)
    found = emails(database)
    assert [email.to for email in found] == ["alice@example.com", "bob@example.com", "carol@example.com"]
    assert [(email.payload, email.key) for email in found[:2]] == [
        ({"name": "alice"}, "alice"),
        ({"name": "bob"}, "bob"),
    ]
    assert {(email.state, email.tries, email.reason, email.counted) for email in found} == {("waiting", 0, "", False)}


def test_an_email_is_undone_with_the_callers_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:  # noqa: PT012 - the transaction is the subject
        queue(session, URGENT, to="alice@example.com", payload=Note(), now=NOON)
        session.flush()
        raise ZeroDivisionError
    assert emails(database) == []


def test_a_row_says_which_email_to_whom_with_which_payload_and_until_when(database: Database) -> None:
    with database.writing() as session:
        queue(session, URGENT, to="Alice@example.com", payload=Note("älice"), now=NOON, key="reset alice")
    (email,) = emails(database)
    assert (email.kind, email.urgent, email.to) == ("urgent", True, "Alice@example.com")
    assert (email.payload, email.payload_version) == ({"name": "älice"}, 1)
    assert email.key == "reset alice"
    assert (email.queued_at, email.due_at, email.expires_at) == (NOON, NOON, NOON + URGENT.ttl)


def test_a_new_row_waits_untried_and_unclaimed(database: Database) -> None:
    with database.writing() as session:
        queue(session, NOTE, to="bob@example.com", payload=Note(), now=NOON)
    (email,) = emails(database)
    assert (email.state, email.urgent, email.tries, email.key) == (State.WAITING, False, 0, None)
    assert (email.lease, email.message_id, email.reply, email.ended_at) == (None, None, None, None)


def test_no_row_ever_holds_the_token_that_its_email_carries(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    alice.submit("/reset_password_request", email="alice")
    tokens = {link.rpartition("/")[2] for email in site.letters(2) for link in links(email.text)}
    rows = " ".join(str(vars(email)) for email in emails(site.database))
    assert len(tokens) == 2
    assert [token for token in tokens if token in rows or token.rpartition(".")[2] in rows] == []


def links(text: str) -> list[str]:
    return [word for word in text.split() if word.startswith("http") and word.count(".") >= 2]
