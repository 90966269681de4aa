"""Whom to follow: members who are here these days, and whom one does not follow yet."""

from microblog import timeline
from microblog.db import Database
from support.community import Hide, add_member, each_way_to_hide, follow, say


def suggested(database: Database, account_id: int, most: int = 5) -> list[tuple[str, int]]:
    with database.reading() as session:
        found = timeline.whom_to_follow(session, account_id, most)
    return [(one.username, one.followers) for one in found]


def test_whoever_has_most_followers_comes_first_then_whoever_posted_last(database: Database) -> None:
    alice, bob, carol, dave = (add_member(database, name) for name in ("alice", "bob", "carol", "dave"))
    for author in (carol, bob, bob, dave, alice):
        say(database, author)
    follow(database, bob, carol)
    follow(database, dave, carol)
    assert suggested(database, alice) == [("carol", 2), ("dave", 0), ("bob", 0)]
    assert suggested(database, alice, 2) == [("carol", 2), ("dave", 0)]


@each_way_to_hide
def test_oneself_those_one_follows_and_those_who_are_gone_are_not_suggested(database: Database, hide: Hide) -> None:
    alice, bob, carol = (add_member(database, name) for name in ("alice", "bob", "carol"))
    for author in (alice, bob, carol):
        say(database, author)
    follow(database, alice, bob)
    assert suggested(database, alice) == [("carol", 0)]
    hide(database, carol)
    assert suggested(database, alice) == []


def test_where_nobody_posts_nobody_is_suggested(database: Database) -> None:
    alice = add_member(database, "alice")
    add_member(database, "bob")
    assert suggested(database, alice) == []
