"""Everybody's posts, somebody's, those with a tag, those that mention somebody."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy.orm import Session

from microblog import posts, timeline
from microblog.db import Database
from microblog.keyset import NEWEST, Cursor, Page
from microblog.timeline import Item
from support.community import Hide, add_member, each_way_to_hide, say
from support.context import context_of

Reading = Callable[[Session, Cursor, int], Page[Item]]


def readings(member: int) -> dict[str, Reading]:
    """Return all the lists a post can be in that is by this member, mentions this member, and has the tag."""
    return {
        "everybody": timeline.explore,
        "author": lambda session, cursor, size: timeline.by_author(session, member, cursor, size),
        "tag": lambda session, cursor, size: timeline.by_tag(session, "Größe", cursor, size),
        "mention": lambda session, cursor, size: timeline.read_mentions(session, member, cursor, size),
    }


def ids(database: Database, reading: Reading, cursor: Cursor = NEWEST, size: int = 50) -> list[int]:
    with database.reading() as session:
        return [item.id for item in reading(session, cursor, size).items]


each_list = pytest.mark.parametrize("name", ["everybody", "author", "tag", "mention"])


@each_list
def test_a_list_is_read_to_its_end_and_back(database: Database, name: str) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    reading, numbers = readings(alice)[name], [say(database, alice, "#GRÖSSE @alice") for _ in range(7)]
    if name != "everybody":
        say(database, bob, "#other @bob")
    cursor: Cursor | None = NEWEST
    seen, last = list[int](), Page[Item](())
    with database.reading() as session:
        while cursor:
            last = reading(session, cursor, 3)
            seen += [item.id for item in last.items]
            cursor = last.older
        assert seen == numbers[::-1]
        assert last.newer
        back = reading(session, last.newer, 3)
        assert [item.id for item in back.items] == numbers[3:0:-1]
        assert back.newer
        assert back.older == Cursor(before=numbers[1])
        assert reading(session, NEWEST, 3).newer is None
        top = reading(session, back.newer, 3)
        assert [item.id for item in top.items] == numbers[:3:-1]
        assert top.newer is None


@each_list
@each_way_to_hide
def test_what_was_deleted_and_who_was_deactivated_is_in_no_list(database: Database, name: str, hide: Hide) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    reading = readings(alice)[name]
    first, second, third = (say(database, alice, "#Größe @alice") for _ in range(3))
    posts.delete_post(context_of(database), alice, second)
    assert ids(database, reading) == [third, first]
    with database.reading() as session:
        assert reading(session, Cursor(before=first), 3).newer == Cursor(after=first - 1)
    posts.restore_post(context_of(database), alice, second)
    assert ids(database, reading) == [third, second, first]
    hide(database, alice)
    assert ids(database, reading) == []
    assert ids(database, readings(bob)["everybody"]) == []


def test_each_list_has_its_own_posts(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    plain, tagged, named = say(database, alice), say(database, bob, "#grösse"), say(database, bob, "@ALICE")
    found = {name: ids(database, reading) for name, reading in readings(alice).items()}
    assert found == {"everybody": [named, tagged, plain], "author": [plain], "tag": [tagged], "mention": [named]}


@pytest.mark.parametrize("tag", ["größe", "GRÖSSE", "gro\u0308\u00dfe"])
def test_a_tag_is_found_by_any_spelling(database: Database, tag: str) -> None:
    number = say(database, add_member(database, "alice"), "#Größe")
    assert ids(database, lambda session, cursor, size: timeline.by_tag(session, tag, cursor, size)) == [number]


@pytest.mark.parametrize("tag", ["", "nobody", "x" * 5_000, "%", "'; --", "\u202e", "\ud800", "a\0b"])
def test_a_tag_nobody_used_has_no_posts(database: Database, tag: str) -> None:
    say(database, add_member(database, "alice"), "#tag")
    with database.reading() as session:
        assert timeline.by_tag(session, tag) == Page(())


def test_pages_have_twenty_posts_unless_told_otherwise(database: Database) -> None:
    alice = add_member(database, "alice")
    for _ in range(21):
        say(database, alice)
    with database.reading() as session:
        for read in (timeline.explore, partial(timeline.home, account_id=alice)):
            assert len(read(session).items) == 20


@each_way_to_hide
def test_a_single_post_is_read_by_its_number_while_it_and_its_author_are_there(database: Database, hide: Hide) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    kept, deleted, authorless = say(database, alice, "Hello @bob"), say(database, alice), say(database, bob)
    posts.delete_post(context_of(database), alice, deleted)
    hide(database, bob)
    with database.reading() as session:
        assert timeline.read_post(session, kept).text == "Hello @bob"
        for gone in (deleted, authorless, authorless + 1):
            with pytest.raises(posts.NoSuchPost):
                timeline.read_post(session, gone)
