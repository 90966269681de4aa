"""An account is deleted while others write to it: on PostgreSQL, where that can meet."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select

from microblog.audit import EventType
from microblog.audit.models import Event
from microblog.identity import Account
from microblog.posts import Mention, Post
from support.members import member
from support.running import RunningSite
from support.visitor import Answer, Visitor
from web.moments import until_somebody_waits


@pytest.fixture
def site(on_postgres: RunningSite) -> RunningSite:
    """A trial on PostgreSQL, whose worker rests."""
    return on_postgres.start(deliver=False)


def while_bob_is_deleted(site: RunningSite, act: Callable[[], Answer]) -> Answer:
    """Do something that has to wait for the deletion of bob, and finds him gone."""
    answers: list[Answer] = []
    acts = threading.Thread(target=lambda: answers.append(act()))
    with site.database.writing() as db:
        db.execute(delete(Account).where(Account.username == "bob"))
        acts.start()
        until_somebody_waits(site)
    acts.join()
    return answers[0]


def sender(visitor: Visitor, path: str, **fields: str) -> Callable[[], Answer]:
    """Open a form, and return what sends it."""
    token = visitor.token_in(visitor.get("/login" if path == "/login" else "/edit_profile"))
    return lambda: visitor.post(path, {"csrf_token": token, **fields}, follow=False)


def count(site: RunningSite, model: type) -> int:
    with site.database.reading() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def test_a_post_that_mentions_them_is_published_without(site: RunningSite) -> None:
    alice = member(site, "alice")
    member(site, "bob")
    assert while_bob_is_deleted(site, sender(alice, "/index", post="Hello @bob")).status == 303
    assert (count(site, Post), count(site, Mention)) == (1, 0)


def test_a_wrong_password_for_them_is_one_for_nobody(site: RunningSite) -> None:
    member(site, "bob")
    answer = while_bob_is_deleted(site, sender(site.visitor(), "/login", username="bob", password="no such thing"))
    assert answer.status == 422
    with site.database.reading() as db:
        (refused,) = db.scalars(select(Event).where(Event.kind == EventType.SIGN_IN_REFUSED))
    assert (refused.account_id, refused.detail) == (None, "no_such_name")
