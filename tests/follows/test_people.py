"""Lists of followers and of those one follows, a page at a time."""

from microblog import follows
from microblog.db import Database
from microblog.follows import Person
from microblog.follows.relations import remove_follow
from microblog.keyset import NEWEST, Cursor, Page
from support.clock import NOON
from support.community import Hide, add_member, each_way_to_hide, follow


def names(page: Page[Person]) -> list[str]:
    return [person.username for person in page.items]


def followers(database: Database, account_id: int, cursor: Cursor = NEWEST) -> Page[Person]:
    with database.reading() as session:
        return follows.followers(session, account_id, cursor, 2)


def following(database: Database, account_id: int, cursor: Cursor = NEWEST) -> Page[Person]:
    with database.reading() as session:
        return follows.following(session, account_id, cursor, 2)


def test_who_came_last_comes_first(database: Database) -> None:
    alice, bob, carol = (add_member(database, name) for name in ("alice", "bob", "Carol"))
    follow(database, bob, alice)
    follow(database, carol, alice)
    follow(database, alice, carol)
    page = followers(database, alice)
    assert names(page) == ["Carol", "bob"]
    assert (page.items[0].account_id, page.items[0].since, page.older, page.newer) == (carol, NOON, None, None)
    assert names(following(database, alice)) == ["Carol"]
    assert names(following(database, bob)) == ["alice"]
    assert names(followers(database, bob)) == []


def test_a_list_is_read_to_its_end_and_back_though_others_come_and_go(database: Database) -> None:
    alice = add_member(database, "alice")
    others = [add_member(database, f"member{number}") for number in range(5)]
    for other in others:
        follow(database, other, alice)
    first = followers(database, alice)
    assert first.older
    with database.writing() as session:
        remove_follow(session, follower_id=others[3], followed_id=alice)
    follow(database, add_member(database, "dave"), alice)
    second = followers(database, alice, first.older)
    assert second.older
    third = followers(database, alice, second.older)
    assert [names(page) for page in (first, second, third)] == [
        ["member4", "member3"],
        ["member2", "member1"],
        ["member0"],
    ]
    assert third.older is None
    assert third.newer
    back = followers(database, alice, third.newer)
    assert names(back) == ["member2", "member1"]
    assert back.newer
    assert names(followers(database, alice, back.newer)) == ["dave", "member4"]
    assert back.older == Cursor(before=back.items[-1].follow_id)


@each_way_to_hide
def test_whoever_was_deactivated_is_in_no_list(database: Database, hide: Hide) -> None:
    alice, bob, carol = (add_member(database, name) for name in ("alice", "bob", "carol"))
    for other in (bob, carol):
        follow(database, other, alice)
        follow(database, alice, other)
    hide(database, carol)
    assert names(followers(database, alice)) == names(following(database, alice)) == ["bob"]
