"""Following: harmless twice, never oneself, and counts that are exact whatever happens at once."""

import random
import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from microblog import follows
from microblog.db import Database
from microblog.follows import Counts, Follow, FollowCount, FollowingOneself, NoSuchMember, TooManyFollowed, relations
from microblog.follows.erasure import erase_some
from microblog.follows.relations import remove_follow
from microblog.identity import Account
from support.clock import NOON
from support.community import Hide, add_member, each_way_to_hide
from support.refusing import refused

STRANGER = 999


def follow(database: Database, follower: int, followed: int) -> bool:
    with database.writing() as session:
        return follows.add_follow(session, follower_id=follower, followed_id=followed, now=NOON) is not None


def unfollow(database: Database, follower: int, followed: int) -> bool:
    with database.writing() as session:
        return remove_follow(session, follower_id=follower, followed_id=followed)


def counts(database: Database, account_id: int) -> Counts:
    with database.reading() as session:
        return follows.counts_of(session, account_id)


def counted(database: Database, account_id: int) -> Counts:
    """Count what the table of follows says."""
    with database.reading() as session:
        each = (
            session.scalar(select(func.count()).select_from(Follow).where(theirs == account_id)) or 0
            for theirs in (Follow.followed_id, Follow.follower_id)
        )
        return Counts(*each)


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Do all of that at the same time, and return what was raised."""
    together, errors = threading.Barrier(len(acts)), list[Exception]()

    def run(act: Callable[[], object]) -> None:
        together.wait(30)
        try:
            act()
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=[act], daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not [thread for thread in threads if thread.is_alive()]
    return errors


def test_alice_follows_bob_and_that_is_not_mutual(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    assert follow(database, alice, bob)
    assert counts(database, alice) == Counts(followers=0, following=1)
    assert counts(database, bob) == Counts(followers=1, following=0)
    with database.reading() as session:
        assert follows.followed_among(session, alice, [alice, bob, STRANGER]) == {bob}
        assert follows.followed_among(session, bob, [alice, bob, STRANGER]) == set()


def test_following_and_unfollowing_twice_is_harmless(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    assert [follow(database, alice, bob) for _ in range(3)] == [True, False, False]
    assert counts(database, bob).followers == 1
    assert [unfollow(database, alice, bob) for _ in range(3)] == [True, False, False]
    assert counts(database, alice) == counts(database, bob) == Counts()
    assert follow(database, alice, bob)
    assert counts(database, bob).followers == 1


def test_nobody_follows_himself(database: Database) -> None:
    alice = add_member(database, "alice")
    with refused(FollowingOneself, "cannot follow yourself"):
        follow(database, alice, alice)
    assert counts(database, alice) == Counts()


@each_way_to_hide
def test_nobody_follows_who_is_not_there(database: Database, hide: Hide) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    hide(database, bob)
    for nobody in (bob, STRANGER, 0, -1, 2**63 - 1):
        with refused(NoSuchMember, "no longer here"):
            follow(database, alice, nobody)
        assert not unfollow(database, alice, nobody)
    assert counts(database, alice) == Counts()


def test_nobody_follows_more_than_a_home_can_hold(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "MOST_FOLLOWED", 2)
    alice, *others = (add_member(database, name) for name in ("alice", "bob", "carol", "dave"))
    for other in others[:2]:
        follow(database, alice, other)
    with refused(TooManyFollowed, "You follow 2 members, which is as many as one can"):
        follow(database, alice, others[2])
    assert counts(database, alice) == counted(database, alice) == Counts(following=2)
    assert counts(database, others[2]) == Counts()
    assert not follow(database, alice, others[0])
    unfollow(database, alice, others[0])
    assert follow(database, alice, others[2])


def test_the_same_follow_at_once_counts_once(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    assert at_once(*[partial(follow, database, alice, bob)] * 5) == []
    assert counts(database, bob).followers == 1
    assert at_once(*[partial(unfollow, database, alice, bob)] * 5) == []
    assert counts(database, alice) == counts(database, bob) == Counts()


def test_counts_are_exact_though_everybody_follows_and_leaves_at_once(database: Database) -> None:
    members = [add_member(database, f"member{number}") for number in range(4)]

    def wander(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(25):
            one, other = chance.sample(members, 2)
            chance.choice([follow, follow, unfollow])(database, one, other)

    assert at_once(*(partial(wander, seed) for seed in range(4))) == []
    for member in members:
        assert counts(database, member) == counted(database, member)


def test_two_who_follow_each_other_at_once_do_not_wait_for_each_other_for_ever(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")

    def waver(one: int, other: int) -> None:
        for _ in range(100):
            follow(database, one, other)
            unfollow(database, one, other)

    assert at_once(partial(waver, alice, bob), partial(waver, bob, alice)) == []
    assert counts(database, alice) == counts(database, bob) == Counts()


def forget(database: Database, account_id: int, batch: int) -> None:
    done = 1
    while done:
        with database.writing() as session:
            done = erase_some(session, account_id, batch)


def test_a_member_who_leaves_is_taken_from_all_counts(database: Database) -> None:
    alice, *others = (add_member(database, f"member{number}") for number in range(6))
    for other in others:
        follow(database, alice, other)
        follow(database, other, alice)
        follow(database, other, others[0]) if other != others[0] else None
    with database.writing() as session:
        assert [erase_some(session, alice, 3) for _ in range(5)] == [3, 2, 3, 2, 0]
    assert counts(database, alice) == counted(database, alice) == Counts()
    for other in others:
        assert counts(database, other) == counted(database, other)
    assert counts(database, others[0]) == Counts(followers=4)


def test_members_who_leave_at_once_do_not_wait_for_each_other_for_ever(database: Database) -> None:
    members = [add_member(database, f"member{number}") for number in range(8)]
    for one in members:
        for other in members:
            follow(database, one, other) if one != other else None
    leaving, staying = members[:4], members[4:]
    acts: list[Callable[[], object]] = [partial(forget, database, one, 2) for one in leaving]
    acts += [partial(unfollow, database, one, other) for one, other in zip(staying, leaving, strict=True)]
    assert at_once(*acts) == []
    for one in leaving:
        assert counts(database, one) == counted(database, one) == Counts()
    for one in staying:
        assert counts(database, one) == counted(database, one) == Counts(3, 3)


def test_counts_go_with_the_account(database: Database) -> None:
    alice, bob = add_member(database, "alice"), add_member(database, "bob")
    follow(database, alice, bob)
    forget(database, alice, 300)
    with database.writing() as session:
        session.delete(session.get_one(Account, alice))
    with database.reading() as session:
        assert session.scalars(select(FollowCount.account_id)).all() == [bob]
    assert counts(database, bob) == Counts()
