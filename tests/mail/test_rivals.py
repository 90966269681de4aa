"""Letters that share a key: which one counts, and what becomes of the others."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from mail.rows import put, row
from microblog.db import Database
from microblog.locks import Lock
from microblog.mail import Letter, State
from microblog.mail.rivals import Rival, is_repeat, leave_to, let_go, newest, older_waiting, retire, rivals_of
from support.clock import NOON
from support.postgres import Postgres

KEY = "reset alice"
SECOND = timedelta(seconds=1)


def seen_by(database: Database, number: int) -> list[Rival]:
    letter = row(database, number)
    with database.reading() as session:
        return rivals_of(session, [letter]).get(letter.key or "", [])


@pytest.mark.parametrize(
    ("older", "later", "state", "expected"),
    [
        (KEY, KEY, State.WAITING, True),
        (KEY, KEY, State.SENDING, True),
        (KEY, KEY, State.SENT, True),
        (KEY, KEY, State.FAILED, False),
        (KEY, KEY, State.EXPIRED, False),
        (KEY, KEY, State.DROPPED, False),
        (KEY, "reset bob", State.WAITING, False),
        (KEY, None, State.WAITING, False),
        (None, None, State.WAITING, False),
    ],
)
def test_a_newer_letter_with_the_same_key_that_leaves_or_left_is_seen(
    database: Database, older: str | None, later: str | None, state: State, expected: bool
) -> None:
    (first,), (second,) = put(database, NOON, key=older), put(database, NOON, key=later, state=state)
    found = newest(row(database, first), seen_by(database, first))
    assert (found and found.id) == (second if expected else None)
    assert newest(row(database, second), seen_by(database, second)) is None


def test_of_several_newer_letters_the_newest_counts(database: Database) -> None:
    first, _, third = put(database, NOON, NOON, NOON, key=KEY)
    found = newest(row(database, first), seen_by(database, first))
    assert found is not None
    assert found.id == third


@pytest.mark.parametrize(
    ("state", "after", "expected"),
    [
        (State.SENT, 0 * SECOND, True),
        (State.SENT, 59 * SECOND, True),
        (State.SENT, 60 * SECOND, False),
        (State.SENDING, 59 * SECOND, True),
        (State.WAITING, 0 * SECOND, False),
        (State.FAILED, 0 * SECOND, False),
        (State.DROPPED, 0 * SECOND, False),
    ],
)
def test_a_letter_asked_for_twice_within_a_minute_is_a_repeat_once_the_first_leaves_or_left(
    database: Database, state: State, after: timedelta, expected: bool
) -> None:
    put(database, NOON, key=KEY, state=state)
    (second,) = put(database, NOON, key=KEY, posted_at=NOON + after)
    assert is_repeat(row(database, second), seen_by(database, second)) is expected


def test_letters_sent_long_ago_are_not_even_looked_at(database: Database) -> None:
    put(database, NOON, key=KEY, state=State.SENT, posted_at=NOON - timedelta(days=20))
    waiting, _ = put(database, NOON, key=KEY, posted_at=NOON - timedelta(days=20)), put(database, NOON, key="other")
    (mine,) = put(database, NOON, key=KEY)
    assert [rival.id for rival in seen_by(database, mine)] == [*waiting, mine]


def test_a_later_letter_makes_no_repeat_of_an_earlier_one(database: Database) -> None:
    (first,), _ = put(database, NOON, key=KEY), put(database, NOON, key=KEY, state=State.SENT)
    assert not is_repeat(row(database, first), seen_by(database, first))


def test_after_a_letter_has_served_the_next_one_is_no_repeat(database: Database) -> None:
    put(database, NOON, key=KEY, state=State.SENT)
    (other,) = put(database, NOON, key="reset bob", state=State.SENT)
    (waits,) = put(database, NOON, key=KEY)
    with database.writing() as session:
        let_go(session, [KEY])
    (next_one,) = put(database, NOON, key=KEY)
    assert not is_repeat(row(database, next_one), seen_by(database, next_one))
    assert row(database, other).key == "reset bob"
    assert row(database, waits).key == KEY


def test_older_letters_with_the_same_key_that_wait_are_ended(database: Database) -> None:
    (waiting,) = put(database, NOON, key=KEY, progress={"counted": True})
    (sending,) = put(database, NOON, key=KEY, state=State.SENDING, claim="two")
    (other,) = put(database, NOON, key="reset bob")
    (mine,) = put(database, NOON, key=KEY)
    (later,) = put(database, NOON, key=KEY)
    older = older_waiting(row(database, mine), seen_by(database, mine))
    assert [(rival.id, rival.facts) for rival in older] == [(waiting, {"counted": True})]
    with database.writing() as session:
        retire(session, older, NOON)
    assert [rival.state for rival in older] == [State.DROPPED]
    ended = row(database, waiting)
    assert (ended.state, ended.reason, ended.ended_at) == (State.DROPPED, "replaced by a newer one", NOON)
    states = [row(database, number).state for number in (sending, other, mine, later)]
    assert states == [State.SENDING, State.WAITING, State.WAITING, State.WAITING]


def test_one_that_a_worker_took_in_the_same_moment_is_left_to_it_and_makes_a_repeat_of_this_one(
    database: Database,
) -> None:
    (taken,) = put(database, NOON, key=KEY, state=State.SENDING, claim="two")
    (mine,) = put(database, NOON, key=KEY)
    as_it_was = [Rival(taken, KEY, State.WAITING, NOON)]
    with database.writing() as session:
        retire(session, older_waiting(row(database, mine), as_it_was), NOON)
    assert row(database, taken).state == State.SENDING
    assert is_repeat(row(database, mine), as_it_was)


def test_one_that_ended_in_the_same_moment_makes_no_repeat_of_this_one(database: Database) -> None:
    (ended,) = put(database, NOON, key=KEY, state=State.DROPPED)
    (mine,) = put(database, NOON, key=KEY)
    as_it_was = [Rival(ended, KEY, State.WAITING, NOON)]
    with database.writing() as session:
        retire(session, older_waiting(row(database, mine), as_it_was), NOON)
    assert not is_repeat(row(database, mine), as_it_was)


@pytest.fixture
def on_postgresql(postgres: Postgres) -> Iterator[Database]:
    """A database where two transactions write at the same time."""
    with postgres.fresh() as url:
        opened = Database(url)
        yield opened
        opened.close()


def test_a_letter_that_another_worker_is_just_taking_is_not_waited_for(on_postgresql: Database) -> None:
    database = on_postgresql
    (older,) = put(database, NOON, key=KEY)
    (mine,) = put(database, NOON, key=KEY)
    rivals = seen_by(database, mine)
    with database.writing() as other:
        other.execute(update(Letter).where(Letter.id == older).values(state=State.SENDING, claim="two"))
        with database.writing() as session:
            retire(session, older_waiting(row(database, mine), rivals), NOON)
            leave_to(session, rivals[0], {"counted": True})
        assert not is_repeat(row(database, mine), rivals)  # the other worker will find this one, and leave it to it
    assert row(database, older).state == State.SENDING


def test_two_workers_do_not_decide_at_once_which_of_several_letters_counts(on_postgresql: Database) -> None:
    database = on_postgresql
    (keyed,), (plain,) = put(database, NOON, key=KEY), put(database, NOON)
    free = text("SELECT pg_try_advisory_xact_lock(:lock, hashtext(''))")
    for number, may_go_on in ((keyed, False), (plain, True)):
        letter = row(database, number)
        with database.writing() as one, database.writing() as two:
            rivals_of(one, [letter])
            assert two.scalar(free, {"lock": Lock.MAIL_RIVALS.value}) is may_go_on
