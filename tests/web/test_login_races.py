"""Signing in while the password changes: on PostgreSQL, where a row lock makes the moment."""

import threading

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from microblog.auth import hash_password
from microblog.identity import Account
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Answer, Visitor
from web.moments import until_somebody_waits


@pytest.fixture
def site(on_postgres: RunningSite) -> RunningSite:
    """A trial on PostgreSQL."""
    return on_postgres.start()


def sign_in_while_the_hash_becomes(site: RunningSite, visitor: Visitor, new_hash: str) -> Answer:
    """Send the form, and change the stored hash between its check and the beginning of the login."""
    page = visitor.get("/login")
    fields = {"csrf_token": visitor.token_in(page), "username": "alice", "password": PASSWORD}
    answers: list[Answer] = []
    sender = threading.Thread(target=lambda: answers.append(visitor.post("/login", fields)))
    with site.database.writing() as db:
        db.execute(update(Account).values(password_hash=new_hash))
        sender.start()
        until_somebody_waits(site)
    sender.join()
    return answers[0]


def test_a_password_changed_while_it_was_checked_is_wrong(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    answer = sign_in_while_the_hash_becomes(site, visitor, hash_password(NEW_PASSWORD))
    assert answer.status == 422
    assert "do not go together" in answer.words
    assert visitor.signed_in_as() is None


def test_a_hash_renewed_by_another_sign_in_at_the_same_time_is_no_wrong_password(site: RunningSite) -> None:
    visitor = site.sign_up("alice")
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with site.database.writing() as db:
        db.execute(update(Account).values(password_hash=weaker))
    answer = sign_in_while_the_hash_becomes(site, visitor, hash_password(PASSWORD))
    assert answer.title == "Hi, alice!"
