"""Home: one's own posts and those of the members one follows, each exactly once, on pages that keep their places."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from microblog import posts, timeline
from microblog.db import Database, dialect_name
from microblog.follows.relations import remove_follow
from microblog.keyset import MAX_ID, NEWEST, Cursor, Page
from microblog.timeline import Item
from microblog.timeline.home import per_author_seek, scan_window
from support.clock import NOON
from support.community import Hide, add_member, deactivate, each_way_to_hide, follow, say
from support.context import context_of

SIZE = 4


def home(database: Database, account_id: int, cursor: Cursor = NEWEST, size: int = SIZE) -> Page[Item]:
    with database.reading() as session:
        return timeline.home(session, account_id, cursor, size)


def ids(page: Page[Item]) -> list[int]:
    return [item.id for item in page.items]


def walk(database: Database, account_id: int, cursor: Cursor | None = NEWEST, **more: int) -> Iterator[Page[Item]]:
    """Read on to older pages until there are no more."""
    while cursor is not None:
        page = home(database, account_id, cursor, **more)
        yield page
        cursor = page.older


def climb(database: Database, account_id: int, cursor: Cursor | None) -> Iterator[Page[Item]]:
    """Read on to newer pages until there are no more."""
    while cursor is not None:
        page = home(database, account_id, cursor)
        yield page
        cursor = page.newer


@dataclass
class Town:
    """A community of which we know by ourselves what everybody's home shows."""

    database: Database
    chance: random.Random
    members: list[int]
    away: set[int] = field(default_factory=set)
    follows: set[tuple[int, int]] = field(default_factory=set)
    posts: dict[int, int] = field(default_factory=dict)
    """The author of each post."""

    def live(self) -> None:
        """Let something happen."""
        acts: list[Callable[[], None]] = [self.say, self.say, self.say, self.follow, self.unfollow, self.delete]
        self.chance.choice(acts)()

    def say(self) -> None:
        author = self.chance.choice(self.members)
        self.posts[say(self.database, author)] = author

    def delete(self) -> None:
        if self.posts:
            number = self.chance.choice(list(self.posts))
            posts.delete_post(context_of(self.database), self.posts.pop(number), number)

    def follow(self) -> None:
        one, other = self.chance.sample(self.members, 2)
        if other not in self.away:
            follow(self.database, one, other)
            self.follows.add((one, other))

    def unfollow(self) -> None:
        one, other = self.chance.sample(self.members, 2)
        with self.database.writing() as session:
            remove_follow(session, follower_id=one, followed_id=other)
        self.follows.discard((one, other))

    def leave(self) -> None:
        leaving = self.members[-1]
        deactivate(self.database, leaving)
        self.away.add(leaving)

    def home(self, member: int) -> list[int]:
        """Return what a home shows, newest first."""
        seen = {member} | {other for one, other in self.follows if one == member}
        shown = [number for number, author in self.posts.items() if author in seen - self.away]
        return sorted(shown, reverse=True)


@pytest.fixture(params=range(3))
def town(database: Database, request: pytest.FixtureRequest) -> Town:
    members = [add_member(database, f"member{number}") for number in range(7)]
    made = Town(database, random.Random(request.param), members)
    for _ in range(120):
        made.live()
    made.leave()
    return made


def test_a_home_read_to_its_end_is_all_there_is_once_and_in_order(town: Town) -> None:
    for member in town.members[:-1]:
        pages = list(walk(town.database, member))
        assert [number for page in pages for number in ids(page)] == town.home(member)
        assert all(len(page.items) == SIZE for page in pages[:-1])
        assert pages[0].newer is None


def test_a_home_read_back_from_its_end_is_all_there_is_as_well(town: Town) -> None:
    for member in town.members[:-1]:
        pages = list(climb(town.database, member, Cursor(after=0)))
        assert [number for page in reversed(pages) for number in ids(page)] == town.home(member)
        assert pages[0].older is None


def test_every_cursor_shows_what_stands_next_to_it_and_knows_its_neighbours(town: Town) -> None:
    for member in town.members[:3]:
        whole = town.home(member)
        for edge in [*range(0, max(town.posts) + 2, 3), MAX_ID]:
            older, newer = [n for n in whole if n < edge], [n for n in whole if n > edge]
            page = home(town.database, member, Cursor(before=edge))
            assert ids(page) == older[:SIZE]
            assert (page.older is not None) == (len(older) > SIZE)
            assert (page.newer is not None) == (len(older) < len(whole))
            page = home(town.database, member, Cursor(after=edge))
            assert ids(page) == newer[-SIZE:]
            assert (page.newer is not None) == (len(newer) > SIZE)
            assert (page.older is not None) == (len(newer) < len(whole))


@pytest.mark.parametrize("ascending", [False, True])
def test_a_stretch_that_is_long_enough_finds_what_the_probes_find(town: Town, ascending: bool) -> None:
    dialect, long_enough = dialect_name(town.database.engine), 0
    follow(town.database, town.members[0], *town.members[1:-1])
    with town.database.reading() as session:
        for edge in range(0, max(town.posts) + 2, 2):
            asked = {"me": town.members[0], "edge": edge, "size": SIZE + 1}
            near = session.execute(scan_window(ascending=ascending), asked).all()
            found = session.execute(per_author_seek(dialect, ascending=ascending), asked).all()
            assert near == found[: len(near)]
            long_enough += len(near) > SIZE
    assert long_enough


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_shown_twice_or_left_out_while_others_write(database: Database, seed: int) -> None:
    members = [add_member(database, f"member{number}") for number in range(5)]
    town = Town(database, random.Random(seed), members)
    follow(database, members[0], *members[1:])
    town.follows = {(members[0], other) for other in members[1:]}
    for _ in range(40):
        town.say()
    before, seen = town.home(members[0]), list[int]()
    for page in walk(database, members[0]):
        seen += ids(page)
        for _ in range(3):
            town.chance.choice([town.say, town.say, town.delete])()
    stayed = [number for number in before if number in town.posts]
    assert len(seen) == len(set(seen))
    assert [number for number in seen if number in town.posts] == stayed
    back = [number for page in climb(database, members[0], Cursor(after=seen[-1])) for number in ids(page)]
    assert sorted(back) == [number for number in sorted(town.posts) if number > seen[-1]]


def test_a_post_says_who_wrote_it_when_and_whom_it_names(database: Database) -> None:
    alice, bob = add_member(database, "Alice"), add_member(database, "bob")
    follow(database, alice, bob)
    number = say(database, bob, "Hi @alice and @BOB and @nobody\n#tag")
    [item] = home(database, alice).items
    assert (item.id, item.author_id, item.author) == (number, bob, "bob")
    assert item.text == "Hi @alice and @BOB and @nobody\n#tag"
    assert item.created_at > NOON
    assert item.mentioned == {"alice": "Alice", "bob": "bob"}


@each_way_to_hide
def test_following_unfollowing_and_deactivation_are_seen_at_once(database: Database, hide: Hide) -> None:
    alice, bob, stranger = (add_member(database, name) for name in ("alice", "bob", "stranger"))
    own, bobs, _ = say(database, alice), say(database, bob, "Hi @alice"), say(database, stranger)
    assert ids(home(database, alice)) == [own]
    follow(database, alice, bob)
    assert ids(home(database, alice)) == [bobs, own]
    hide(database, alice)
    assert ids(home(database, alice)) == [bobs]
    assert home(database, alice).items[0].mentioned == {}
    with database.writing() as session:
        remove_follow(session, follower_id=alice, followed_id=bob)
    assert ids(home(database, alice)) == []


def test_an_empty_home_has_no_neighbours(database: Database) -> None:
    alice = add_member(database, "alice")
    say(database, add_member(database, "bob"))
    for cursor in (NEWEST, Cursor(before=5), Cursor(after=0), Cursor(before=MAX_ID)):
        assert home(database, alice, cursor) == Page(())


def test_members_who_are_far_apart_in_time_are_all_found(database: Database) -> None:
    """The scan window sees none but the newest posts, which are strangers'."""
    alice, *quiet = (add_member(database, name) for name in ("alice", "bob", "carol", "dave"))
    numbers = [say(database, author) for author in [alice, *quiet]]
    stranger = add_member(database, "stranger")
    for _ in range(30):
        say(database, stranger)
    follow(database, alice, *quiet)
    assert [number for page in walk(database, alice, size=3) for number in ids(page)] == numbers[::-1]
