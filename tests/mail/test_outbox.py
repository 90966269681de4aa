"""Posting an email: a row, in the caller's own transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from microblog.db import Database
from microblog.mail import Email, Kind, State, gathering, post
from support.clock import NOON
from support.running import RunningSite

URGENT = Kind("reset_password", urgent=True)
DIGEST = Kind("digest")
DAY = timedelta(days=1)


def emails(database: Database) -> list[Email]:
    with database.reading() as session:
        return list(session.scalars(select(Email).order_by(Email.id)))


def test_an_email_is_posted_with_the_callers_transaction(database: Database) -> None:
    with database.writing() as session:
        post(session, URGENT, to="alice@example.com", facts={}, ttl=DAY, now=NOON)
        assert emails(database) == []
    assert len(emails(database)) == 1


def test_emails_can_be_gathered_and_put_in_together(database: Database) -> None:
    with database.writing() as session:
        with gathering(session):
            for name in ("alice", "bob"):
                post(session, URGENT, to=f"{name}@example.com", facts={"name": name}, ttl=DAY, now=NOON, key=name)
            assert session.scalar(select(func.count()).select_from(Email)) == 0
        assert session.scalar(select(func.count()).select_from(Email)) == 2
        post(session, DIGEST, to="carol@example.com", facts={}, ttl=DAY, now=NOON)
    found = emails(database)
    assert [email.to for email in found] == ["alice@example.com", "bob@example.com", "carol@example.com"]
    assert [(email.facts, email.key) for email in found[:2]] == [
        ({"name": "alice"}, "alice"),
        ({"name": "bob"}, "bob"),
    ]
    assert {(email.state, email.tries, email.reason, email.counted) for email in found} == {("waiting", 0, "", False)}


def test_an_email_is_undone_with_the_callers_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:  # noqa: PT012 - the transaction is the subject
        post(session, URGENT, to="alice@example.com", facts={}, ttl=DAY, now=NOON)
        session.flush()
        raise ZeroDivisionError
    assert emails(database) == []


def test_a_row_says_which_email_to_whom_with_which_facts_and_until_when(database: Database) -> None:
    facts = {"username": "älice", "sign_up": 7, "changed": NOON.isoformat()}
    with database.writing() as session:
        post(session, URGENT, to="Alice@example.com", facts=facts, ttl=DAY, now=NOON, key="reset alice")
    (email,) = emails(database)
    assert (email.kind, email.urgent, email.to) == ("reset_password", True, "Alice@example.com")
    assert email.facts == facts
    assert email.key == "reset alice"
    assert (email.queued_at, email.due_at, email.expires_at) == (NOON, NOON, NOON + DAY)


def test_a_new_row_waits_untried_and_unclaimed(database: Database) -> None:
    with database.writing() as session:
        post(session, DIGEST, to="bob@example.com", facts={}, ttl=DAY, now=NOON)
    (email,) = emails(database)
    assert (email.state, email.urgent, email.tries, email.key) == (State.WAITING, False, 0, None)
    assert (email.lease, email.message_id, email.reply, email.ended_at) == (None, None, None, None)


def test_facts_are_kept_as_they_were_when_posted(database: Database) -> None:
    facts = {"username": "alice"}
    with database.writing() as session:
        post(session, DIGEST, to="alice@example.com", facts=facts, ttl=DAY, now=NOON)
        facts["username"] = "mallory"
    assert emails(database)[0].facts == {"username": "alice"}


def test_no_row_ever_holds_the_token_that_its_email_carries(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    alice.submit("/reset_password_request", email="alice")
    tokens = {link.rpartition("/")[2] for email in site.letters(2) for link in links(email.text)}
    rows = " ".join(str(vars(email)) for email in emails(site.database))
    assert len(tokens) == 2
    assert [token for token in tokens if token in rows or token.rpartition(".")[2] in rows] == []


def links(text: str) -> list[str]:
    return [word for word in text.split() if word.startswith("http") and word.count(".") >= 2]
