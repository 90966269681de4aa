"""An account is deleted while others, or its own other windows, write: on PostgreSQL, where that can meet."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text

from microblog.accounts import Account, Event, Happened
from microblog.posts import Mention, Post
from support.members import member
from support.postgres import Postgres
from support.running import RunningSite
from support.visitor import Answer, Visitor

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture
def site(tmp_path: Path, postgres: Postgres) -> Iterator[RunningSite]:
    """A trial on PostgreSQL, whose worker rests."""
    with postgres.fresh() as url:
        running = RunningSite(tmp_path / "data", url).start(deliver=False)
        yield running
        running.stop()


def while_bob_is_deleted(site: RunningSite, act: Callable[[], Answer]) -> Answer:
    """Do something that has to wait for the deletion of bob, and finds him gone."""
    answers: list[Answer] = []
    acts = threading.Thread(target=lambda: answers.append(act()))
    with site.database.writing() as db:
        db.execute(delete(Account).where(Account.username == "bob"))
        acts.start()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not is_waiting(site):
            time.sleep(0.02)
    acts.join()
    return answers[0]


def is_waiting(site: RunningSite) -> bool:
    with site.database.reading() as db:
        return bool(db.scalar(WAITING))


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
        (refused,) = db.scalars(select(Event).where(Event.kind == Happened.SIGN_IN_REFUSED))
    assert (refused.account_id, refused.detail) == (None, "no such name")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/index", {"post": "Good evening"}),
        ("/follow/alice", {}),
        ("/edit_profile", {"username": "bob", "about_me": "here"}),
        ("/logout", {}),
    ],
)
def test_their_own_other_window_is_sent_to_sign_in_and_no_fault_is_reported(
    site: RunningSite, caplog: pytest.LogCaptureFixture, path: str, fields: dict[str, str]
) -> None:
    member(site, "alice")
    answer = while_bob_is_deleted(site, sender(member(site, "bob"), path, **fields))
    assert (answer.status, answer.headers["Location"]) == (303, "/login")
    assert "unhandled error" not in caplog.text
