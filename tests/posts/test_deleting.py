"""Deleting a post, and taking that back: one's own, for a while. Alice wrote it, Bob and a stranger did not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from microblog import posts, timeline
from microblog.db import Base, Database
from microblog.identity import Account
from microblog.posts import Mention, NoSuchPost, NotYours, Post, PostTag, TooLate
from microblog.posts.deleting import TAKE_BACK_WITHIN
from microblog.posts.erasure import erase_deleted, erase_some
from support.clock import NOON
from support.community import add_member, say
from support.context import context_of
from support.refusing import refused

Act = Callable[[Database, int, int], None]
STRANGER = 999
SECOND = timedelta(seconds=1)


def shown(database: Database) -> list[int]:
    with database.reading() as session:
        return [item.id for item in timeline.explore(session).items]


def delete(database: Database, who: int, post_id: int, after: timedelta = timedelta(0)) -> None:
    posts.delete_post(context_of(database, NOON + after), who, post_id)


def restore(database: Database, who: int, post_id: int, after: timedelta = timedelta(0)) -> None:
    posts.restore_post(context_of(database, NOON + after), who, post_id)


def count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_alice_deletes_her_post_and_takes_that_back(database: Database) -> None:
    alice = add_member(database, "alice")
    post, other = say(database, alice, "First"), say(database, alice, "Second")
    delete(database, alice, post)
    assert shown(database) == [other]
    restore(database, alice, post, TAKE_BACK_WITHIN)
    assert shown(database) == [other, post]


def test_after_a_while_a_deletion_stands(database: Database) -> None:
    alice = add_member(database, "alice")
    post = say(database, alice)
    delete(database, alice, post)
    with refused(TooLate, "deleted a while ago"):
        restore(database, alice, post, TAKE_BACK_WITHIN + SECOND)
    assert shown(database) == []


def test_deleting_twice_and_taking_back_twice_is_harmless(database: Database) -> None:
    alice = add_member(database, "alice")
    post = say(database, alice)
    delete(database, alice, post)
    delete(database, alice, post, TAKE_BACK_WITHIN)
    with pytest.raises(TooLate):
        restore(database, alice, post, TAKE_BACK_WITHIN + SECOND)
    restore(database, alice, post, TAKE_BACK_WITHIN)
    restore(database, alice, post, TAKE_BACK_WITHIN + SECOND)
    assert shown(database) == [post]


@pytest.mark.parametrize("act", [delete, restore])
def test_neither_bob_nor_a_stranger_touches_what_alice_wrote(database: Database, act: Act) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    post, gone = say(database, alice), say(database, alice)
    delete(database, alice, gone)
    for who in (bob, STRANGER):
        with refused(NotYours, "somebody else's"):
            act(database, who, post)
        with pytest.raises(NoSuchPost):
            act(database, who, gone)
    assert shown(database) == [post]


@pytest.mark.parametrize("act", [delete, restore])
@pytest.mark.parametrize("number", [0, -1, 12_345, 2**63 - 1])
def test_a_post_that_never_was_is_gone(database: Database, act: Act, number: int) -> None:
    alice = add_member(database, "alice")
    with refused(NoSuchPost, "gone"):
        act(database, alice, number)


def test_what_was_deleted_can_be_said_again_by_the_same_form(database: Database) -> None:
    alice = add_member(database, "alice")
    with database.writing() as session:
        first = posts.add_post(session, author_id=alice, text="Hi", once="1", now=NOON).id
    delete(database, alice, first)
    with database.writing() as session:
        second = posts.add_post(session, author_id=alice, text="Hi", once="1", now=NOON).id
    assert second != first
    restore(database, alice, first)
    assert shown(database) == [second, first]


def test_deleted_posts_are_forgotten_in_time_with_all_that_belongs_to_them(database: Database) -> None:
    alice = add_member(database, "alice")
    early, late, kept = (say(database, alice, "#tag @alice") for _ in range(3))
    delete(database, alice, early)
    delete(database, alice, late, SECOND)
    with database.writing() as session:
        assert erase_deleted(session, NOON) == 0
        assert erase_deleted(session, NOON + SECOND) == 1
    with database.reading() as session:
        assert session.scalars(select(Post.id).order_by(Post.id)).all() == [late, kept]
    assert count(database, PostTag) == count(database, Mention) == 2


def test_they_are_forgotten_a_few_at_a_time(database: Database) -> None:
    alice = add_member(database, "alice")
    for _ in range(5):
        delete(database, alice, say(database, alice))
    with database.writing() as session:
        assert [erase_deleted(session, NOON + SECOND, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_all_a_member_wrote_is_forgotten_a_few_at_a_time_and_nothing_of_others(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    for _ in range(3):
        say(database, alice, "#tag @bob @alice")
        say(database, bob, "#tag @alice @bob")
    delete(database, alice, say(database, alice))
    with database.writing() as session:
        steps = [erase_some(session, alice, 3) for _ in range(4)]
    assert steps == [3, 1, 3, 0]
    with database.reading() as session:
        assert set(session.scalars(select(Post.author_id))) == {bob}
        assert set(session.scalars(select(Mention.account_id))) == {bob}
    assert (count(database, Post), count(database, PostTag), count(database, Mention)) == (3, 3, 3)


def test_with_an_account_goes_all_it_wrote(database: Database) -> None:
    alice = add_member(database, "alice")
    say(database, alice, "#tag @alice")
    with database.writing() as session:
        session.delete(session.get_one(Account, alice))
    assert count(database, Post) == count(database, PostTag) == count(database, Mention) == 0
