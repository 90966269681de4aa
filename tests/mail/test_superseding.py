"""Emails that share a key: the newest is sent, in place of those that wait; and one asked for twice is one email."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from mail.rows import put, row, taken
from microblog.db import Database
from microblog.mail import Email, State, batched_inserts, forget_sent, queue
from microblog.mail.admin import retry
from microblog.mail.held import release_all
from microblog.mail.superseding import find_repeated, yield_to_newer
from support.clock import NOON
from support.notes import NOTE, Note
from support.postgres import Postgres

KEY = "reset alice"
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def queue_notes(database: Database, *keys: str | None, name: str = "", **more: object) -> None:
    """Queue an email under each key, in one transaction."""
    with database.writing() as session:
        for key in keys:
            queue(session, NOTE, to="alice@example.com", payload=Note(name), now=NOON, key=key, **more)  # type: ignore[arg-type]


def rows(database: Database) -> list[Email]:
    with database.reading() as session:
        return list(session.scalars(select(Email).order_by(Email.id)))


def superseded(database: Database) -> list[bool]:
    return [row.superseded for row in rows(database)]


def repeated(database: Database, number: int) -> bool:
    with database.reading() as session:
        return bool(find_repeated(session, [session.get_one(Email, number)]))


@pytest.mark.parametrize(
    ("older", "newer", "state", "expected"),
    [
        (KEY, KEY, State.WAITING, True),
        (KEY, KEY, State.HELD, False),
        (KEY, KEY, State.SENDING, False),
        (KEY, KEY, State.SENT, False),
        (KEY, "reset bob", State.WAITING, False),
        (KEY, None, State.WAITING, False),
        (None, None, State.WAITING, False),
    ],
)
def test_an_email_supersedes_the_one_that_waits_under_its_key(
    database: Database, older: str | None, newer: str | None, state: State, expected: bool
) -> None:
    put(database, NOON + HOUR, key=older, state=state)
    queue_notes(database, newer)
    assert superseded(database) == [expected, False]
    assert rows(database)[0].due_at == (NOON if expected else NOON + HOUR), "one that gave way is ended soon"


def test_of_several_only_the_newest_is_left_and_it_inherits_what_was_noted(database: Database) -> None:
    put(database, NOON, key=KEY, progress={"counted": True, "try": 1})
    queue_notes(database, KEY, progress={"try": 2})
    queue_notes(database, KEY)
    assert superseded(database) == [True, True, False]
    assert rows(database)[-1].progress == {"counted": True, "try": 2}
    assert rows(database)[-1].payload == {"name": ""}


def test_of_those_gathered_in_one_transaction_the_last_counts(database: Database) -> None:
    queue_notes(database, "b", KEY)
    with database.writing() as session, batched_inserts(session):
        for key in (KEY, "c", None, KEY, None):
            queue(session, NOTE, to=f"{key}@example.com", payload=Note(), now=NOON, key=key)
    found = [(row.key, row.superseded) for row in rows(database)]
    assert sorted(found, key=str) == [
        *[("b", False), ("c", False), (KEY, False), (KEY, True), (KEY, True)],
        *[(None, False), (None, False)],
    ]
    newest = [row for row in rows(database) if row.key == KEY and not row.superseded]
    assert newest[0].id == max(row.id for row in rows(database) if row.key == KEY)


def test_the_database_itself_lets_one_wait_under_a_key(database: Database) -> None:
    put(database, NOON, key=KEY)
    with pytest.raises(IntegrityError):
        put(database, NOON, key=KEY)


def test_one_that_joins_leaves_the_email_that_waits_as_it_is(database: Database) -> None:
    queue_notes(database, KEY, name="first")
    queue_notes(database, KEY, name="second", join=True)
    assert [row.payload["name"] for row in rows(database)] == ["first"]


@pytest.mark.parametrize(
    ("state", "after", "expected"),
    [
        (State.SENT, 0 * SECOND, True),
        (State.SENT, 59 * SECOND, True),
        (State.SENT, 60 * SECOND, False),
        (State.SENDING, 59 * SECOND, True),
        (State.FAILED, 0 * SECOND, False),
        (State.DROPPED, 0 * SECOND, False),
    ],
)
def test_an_email_asked_for_twice_within_a_minute_is_a_repeat_once_the_first_leaves_or_left(
    database: Database, state: State, after: timedelta, expected: bool
) -> None:
    put(database, NOON, key=KEY, state=state)
    (second,) = put(database, NOON, key=KEY, queued_at=NOON + after)
    assert repeated(database, second) is expected


def test_a_later_email_makes_no_repeat_of_an_earlier_one(database: Database) -> None:
    (first,), _ = put(database, NOON, key=KEY), put(database, NOON, key=KEY, state=State.SENT)
    assert not repeated(database, first)


def test_after_an_email_has_served_the_next_one_is_no_repeat(database: Database) -> None:
    put(database, NOON, key=KEY, state=State.SENT)
    (other,) = put(database, NOON, key="reset bob", state=State.SENT)
    (waits,) = put(database, NOON, key=KEY)
    with database.writing() as session:
        forget_sent(session, [KEY])
    assert not repeated(database, waits)
    assert row(database, other).key == "reset bob"
    assert row(database, waits).key == KEY


@pytest.mark.parametrize("way", ["retry", "return_untried", "release"])
def test_one_that_was_overtaken_while_it_was_being_sent_gives_way_once_it_would_wait_again(
    database: Database, way: str
) -> None:
    put(database, NOON, key=KEY, progress={"counted": True})
    [lease] = taken(database, "one")
    queue_notes(database, KEY)
    with database.writing() as session:
        args = (NOON,) if way == "release" else ("451 later", NOON, NOON)
        assert getattr(lease, way)(session, *args)
    assert superseded(database) == [True, False]
    assert rows(database)[-1].progress == {"counted": True}


@pytest.mark.parametrize(("state", "expected"), [(State.SENDING, True), (State.SENT, True), (State.FAILED, False)])
def test_one_is_not_sent_after_the_newer_one_unless_that_failed(
    database: Database, state: State, expected: bool
) -> None:
    put(database, NOON, key=KEY)
    [lease] = taken(database, "one")
    put(database, NOON, key=KEY, state=state)
    with database.writing() as session:
        assert lease.retry(session, "451 later", NOON, NOON)
    assert superseded(database) == [expected, False]


def test_one_that_is_tried_again_by_hand_gives_way_to_a_newer_one(database: Database) -> None:
    (failed,) = put(database, NOON, key=KEY, state=State.FAILED, ended_at=NOON, reason="refused")
    queue_notes(database, KEY)
    retry(database, failed, NOON, "alice")
    assert superseded(database) == [True, False]


def test_of_those_held_after_a_restore_the_newest_counts(database: Database) -> None:
    put(database, NOON, NOON, key=KEY, state=State.HELD, progress={"counted": True})
    put(database, NOON, key=None, state=State.HELD)
    put(database, NOON, key="reset bob", state=State.HELD)
    queue_notes(database, "reset bob")
    with database.writing() as session:
        assert release_all(session, NOON) == 4
    assert superseded(database) == [True, False, False, True, False]


@pytest.fixture
def on_postgresql(postgres: Postgres) -> Iterator[Database]:
    """A database where two transactions write at the same time."""
    with postgres.fresh() as url:
        opened = Database(url)
        yield opened
        opened.close()


def test_of_two_queued_at_once_by_two_processes_one_supersedes_the_other(on_postgresql: Database) -> None:
    database = on_postgresql
    second = Thread(target=lambda: queue_notes(database, KEY, name="second"))
    with database.writing() as session:
        queue(session, NOTE, to="alice@example.com", payload=Note("first"), now=NOON, key=KEY)
        second.start()
        second.join(0.3)
        assert second.is_alive(), "it waits to know whether the first comes to be"
    second.join(30)
    assert [(row.payload["name"], row.superseded) for row in rows(database)] == [("first", True), ("second", False)]


def test_one_that_is_queued_just_as_an_older_one_would_wait_again_makes_that_give_way(on_postgresql: Database) -> None:
    database = on_postgresql
    put(database, NOON, key=KEY)
    [lease] = taken(database, "one")

    def wait_again() -> None:
        with database.writing() as session:
            lease.retry(session, "451 later", NOON, NOON)

    older = Thread(target=wait_again)
    with database.writing() as session:
        queue(session, NOTE, to="alice@example.com", payload=Note(), now=NOON, key=KEY)
        older.start()
        older.join(0.3)
    older.join(30)
    assert superseded(database) == [True, False]


def test_two_processes_that_queue_under_the_same_keys_do_not_wait_for_each_other_in_a_circle(
    on_postgresql: Database,
) -> None:
    database = on_postgresql
    queue_notes(database, "a", "b")
    failed: list[BaseException] = []

    def queue_all(*keys: str) -> None:
        try:
            for _ in range(40):
                with database.writing() as session, batched_inserts(session):
                    for key in keys:
                        queue(session, NOTE, to="a@example.com", payload=Note(), now=NOON, key=key)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test says so
            failed.append(error)

    threads = [Thread(target=queue_all, args=keys) for keys in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert superseded(database).count(False) == 2


def test_a_claim_is_committed_before_anything_is_written(on_postgresql: Database) -> None:
    """Whoever queues under a key of the batch must not wait for its emails: how long they take tells who is known."""
    database = on_postgresql
    (waiting,) = put(database, NOON, key=KEY)
    taken(database, "one")
    with database.writing() as session:
        session.execute(update(Email).where(Email.id == waiting).values(tries=1))  # as a worker that writes does
        queue_notes(database, KEY)
    assert superseded(database) == [False, False]
    with database.writing() as session:
        assert yield_to_newer(session, waiting, KEY)
