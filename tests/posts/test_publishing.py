"""Publishing: once for each form, with what can be found by it, in an order nobody can fall behind of."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from microblog import posts
from microblog.db import Database
from microblog.identity import Account
from microblog.posts import Mention, Post, PostRefused, PostTag, publishing
from microblog.posts.erasure import erase_some
from support.clock import NOON
from support.community import Hide, add_member, each_way_to_hide, say


def publish(database: Database, author_id: int, text: str, once: str) -> int:
    with database.writing() as session:
        return posts.add_post(session, author_id=author_id, text=text, once=once, now=NOON).id


def rows(database: Database) -> tuple[int, int, int]:
    with database.reading() as session:
        tables = (Post, PostTag, Mention)
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)  # type: ignore[return-value]


def tags(database: Database, post_id: int) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(PostTag.tag).where(PostTag.post_id == post_id)))


def mentions(database: Database, post_id: int) -> dict[str, int]:
    with database.reading() as session:
        found = session.execute(select(Mention.name_key, Mention.account_id).where(Mention.post_id == post_id))
        return {row.name_key: row.account_id for row in found}


def test_a_post_is_stored_as_it_was_tidied(database: Database) -> None:
    alice = add_member(database, "alice")
    with database.writing() as session:
        post = posts.add_post(session, author_id=alice, text=" Hi\r\nthere ", once="1", now=NOON)
    with database.reading() as session:
        [kept] = session.scalars(select(Post))
        assert (kept.id, kept.author_id, kept.text, kept.created_at, kept.deleted_at) == (
            *(post.id, alice),
            *("Hi\nthere", NOON, None),
        )
        assert kept.author.username == "alice"


def test_a_form_sent_twice_is_one_post(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    first = publish(database, alice, "Hi #tag @bob", "1")
    assert publish(database, alice, "Hi #tag @bob", "1") == first
    assert publish(database, alice, "Something else", "1") == first
    assert rows(database) == (1, 1, 1)
    assert publish(database, alice, "Hi #tag @bob", "2") != first
    assert publish(database, bob, "Hi", "1") != first
    assert rows(database) == (3, 2, 2)


@pytest.mark.parametrize("once", ["", "\0", "x" * 100_000, "\ud800", "'; DROP TABLE posts"])
def test_whatever_is_sent_as_the_key_of_a_form_is_one(database: Database, once: str) -> None:
    alice = add_member(database, "alice")
    assert publish(database, alice, "Hi", once) == publish(database, alice, "Hi", once)


def test_a_double_click_is_one_post_though_both_come_at_once(database: Database) -> None:
    alice, together, stored = add_member(database, "alice"), threading.Barrier(4), list[int]()

    def click() -> None:
        together.wait(30)
        stored.append(publish(database, alice, "Hi #tag", "1"))

    threads = [threading.Thread(target=click, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(stored) == 4
    assert len(set(stored)) == 1
    assert rows(database) == (1, 1, 0)


def test_tags_and_members_named_are_kept_once_each(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "Bob")
    post = say(database, alice, "#One #one #TWO @BOB @bob @alice @nobody bob@example.com")
    assert tags(database, post) == {"one", "two"}
    assert mentions(database, post) == {"bob": bob, "alice": alice}


@each_way_to_hide
def test_whoever_was_deactivated_is_not_mentioned(database: Database, hide: Hide) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    hide(database, bob)
    assert mentions(database, say(database, alice, "@bob")) == {}


def test_a_refused_post_leaves_nothing(database: Database) -> None:
    alice = add_member(database, "alice")
    for text in ("", "x" * 501, "a\0"):
        with pytest.raises(PostRefused):
            publish(database, alice, text, "1")
    assert rows(database) == (0, 0, 0)
    publish(database, alice, "Hi", "1")
    assert rows(database) == (1, 0, 0)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=()), max_size=200), once=st.text(max_size=5))
def test_whatever_is_typed_is_kept_as_it_was_tidied_or_refused(database: Database, text: str, once: str) -> None:
    with database.reading() as session:
        author = session.scalar(select(Account.id)) or 0
    author = author or add_member(database, "alice")
    try:
        number = publish(database, author, text, once + text.encode("utf-8", "surrogatepass").hex())
    except PostRefused:
        return
    with database.reading() as session:
        assert session.scalars(select(Post.text).where(Post.id == number)).one() == posts.normalize_text(text)


def test_the_number_of_a_post_is_never_given_out_again(database: Database) -> None:
    alice = add_member(database, "alice")
    last = [say(database, alice), say(database, alice)][-1]
    with database.writing() as session:
        assert erase_some(session, alice) == 2
    assert say(database, alice) > last


def test_no_post_comes_to_light_after_one_with_a_higher_number(database: Database) -> None:
    """Somebody who read up to the newest and goes on from there would never see it."""
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    published = threading.Event()

    def publish_too() -> None:
        publish(database, bob, "Second", "1")
        published.set()

    thread = threading.Thread(target=publish_too, daemon=True)
    with database.writing() as session:
        first = posts.add_post(session, author_id=alice, text="First", once="1", now=NOON).id
        thread.start()
        assert not published.wait(0.3)
    thread.join(30)
    assert published.is_set()
    with database.reading() as session:
        assert session.scalars(select(Post.id).order_by(Post.id)).all()[0] == first
        assert session.scalars(select(Post.text).order_by(Post.id)).all() == ["First", "Second"]


def test_a_post_is_stored_though_somebody_it_names_leaves_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    store, gone = publishing.store, threading.Event()

    def leave() -> None:
        with database.writing() as session:
            session.execute(delete(Account).where(Account.id == bob))
        gone.set()

    def store_late(session: Session, **values: Any) -> Post | None:
        thread.start()
        gone.wait(0.5)
        return store(session, **values)

    thread = threading.Thread(target=leave, daemon=True)
    monkeypatch.setattr(publishing, "store", store_late)
    assert publish(database, alice, "Farewell, @bob", "1")
    thread.join(30)
    assert gone.is_set()
    assert rows(database) == (1, 0, 0)


def test_the_time_of_a_post_is_the_one_given(database: Database) -> None:
    alice = add_member(database, "alice")
    with database.writing() as session:
        later = NOON + timedelta(minutes=1)
        assert posts.add_post(session, author_id=alice, text="Hi", once="1", now=later).created_at == later
