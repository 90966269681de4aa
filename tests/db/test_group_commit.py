"""Group commit: writes of several threads share a transaction, and each is answered for itself, once it is safe."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from journeys.trial import wait_for
from microblog.db import Database
from microblog.db.group_commit import MAX_WRITES, GroupCommit
from microblog.limits import Allowance

LONG = 20.0


class Commits:
    """Counts the transactions that were committed."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        database.after_commit.append(self._one_more)

    def _one_more(self, session: Session) -> None:
        self.count += 1


def add(key: str) -> Callable[[Session], str]:
    """Return a write that adds a row and returns its key."""

    def act(session: Session) -> str:
        session.add(Allowance(key=key, full_at=1))
        session.flush()
        return key

    return act


def fail(session: Session) -> None:
    """Write something, and fail."""
    add("never")(session)
    raise ZeroDivisionError


def keys(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Allowance.key).order_by(Allowance.key)))


@contextmanager
def meanwhile(
    group: GroupCommit, *acts: Callable[[Session], object], orders: str = ""
) -> Iterator[list[Future[object]]]:
    """Have one write under way while these queue; it goes on when the block ends."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        begun.set()
        assert go_on.wait(LONG)

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        pool.submit(group.write, hold)
        assert begun.wait(LONG)
        futures: list[Future[object]] = []
        for number, act in enumerate(acts):
            futures.append(pool.submit(group.write, act, orders[number : number + 1]))
            wait_for(lambda: len(group._queue) == len(futures))
        try:
            yield futures
        finally:
            go_on.set()


def test_a_write_alone_returns_what_it_returned_and_is_committed(database: Database) -> None:
    assert GroupCommit(database).write(add("a")) == "a"
    assert keys(database) == ["a"]


def test_writes_that_come_together_are_one_transaction_and_each_has_its_own_result(database: Database) -> None:
    group, commits = GroupCommit(database), Commits(database)
    with meanwhile(group, add("a"), add("b"), add("c")) as futures:
        assert not any(future.done() for future in futures)
    assert [future.result(LONG) for future in futures] == ["a", "b", "c"]
    assert keys(database) == ["a", "b", "c"]
    assert commits.count == 2  # the one that was under way, and these


def test_writes_that_come_together_are_done_in_the_order_they_name(database: Database) -> None:
    group, done = GroupCommit(database), list[str]()
    acts = [lambda session, name=name: done.append(add(name)(session)) for name in "cab"]
    with meanwhile(group, *acts, orders="cab"):
        pass
    assert done == ["a", "b", "c"]


def test_nobody_is_answered_before_the_commit(database: Database) -> None:
    group, answered = GroupCommit(database), list[bool]()
    database.after_commit.append(lambda _: answered.append(any(future.done() for future in futures)))
    with meanwhile(group, add("a"), add("b")) as futures:
        pass
    assert answered == [False, False]


def test_a_refusal_that_is_a_value_leaves_the_others_written_once(database: Database) -> None:
    group, commits, done = GroupCommit(database), Commits(database), list[str]()

    acts = [lambda session, key=key: done.append(add(key)(session)) for key in "ab"]
    with meanwhile(group, acts[0], lambda _: "refused", acts[1]) as futures:
        pass
    assert futures[1].result(LONG) == "refused"
    assert done == keys(database) == ["a", "b"]
    assert commits.count == 2


def test_one_that_fails_is_undone_alone_and_told_alone(database: Database) -> None:
    group = GroupCommit(database)
    with meanwhile(group, add("a"), fail, add("b")) as futures:
        pass
    assert (futures[0].result(LONG), futures[2].result(LONG)) == ("a", "b")
    with pytest.raises(ZeroDivisionError):
        futures[1].result(LONG)
    assert keys(database) == ["a", "b"]


def test_one_that_the_database_refuses_is_undone_alone(database: Database) -> None:
    group = GroupCommit(database)
    group.write(add("a"))
    with meanwhile(group, add("a"), add("b")) as futures:
        pass
    assert isinstance(futures[0].exception(LONG), DBAPIError)
    assert futures[1].result(LONG) == "b"


def test_a_database_in_trouble_is_asked_once_and_all_are_told(database: Database) -> None:
    group, asked = GroupCommit(database), list[str]()

    def trouble(session: Session) -> None:
        asked.append("asked")
        raise OperationalError("BEGIN", None, Exception("no space left"))

    with meanwhile(group, add("a"), trouble, add("b")) as futures:
        pass
    assert all(isinstance(future.exception(LONG), OperationalError) for future in futures)
    assert asked == ["asked"]
    assert keys(database) == []
    assert group.write(add("c")) == "c"


def test_a_thread_that_is_ended_leaves_nobody_waiting_and_nobody_believing(database: Database) -> None:
    group = GroupCommit(database)

    def end(session: Session) -> None:
        raise SystemExit

    with meanwhile(group, add("a"), end) as futures:
        pass
    assert isinstance(futures[0].exception(LONG), SystemExit)  # it wrote for both
    assert isinstance(futures[1].exception(LONG), RuntimeError)
    assert keys(database) == []
    assert group.write(add("c")) == "c"


def test_no_transaction_has_more_than_so_many(database: Database) -> None:
    group, commits = GroupCommit(database), Commits(database)
    with meanwhile(group, *(add(f"{number:02}") for number in range(MAX_WRITES + 1))):
        pass
    assert len(keys(database)) == MAX_WRITES + 1
    assert commits.count == 3


def test_what_surrounds_them_surrounds_them_all(database: Database) -> None:
    seen: list[int] = []

    @contextmanager
    def count(session: Session) -> Iterator[None]:
        yield
        seen.append(len(session.scalars(select(Allowance)).all()))

    group = GroupCommit(database, count)
    with meanwhile(group, add("a"), add("b")):
        pass
    assert seen == [0, 2]
