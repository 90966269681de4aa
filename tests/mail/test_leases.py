"""Taking emails by lease, and who may say what became of them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from mail.rows import DAY, ids, put, row, taken
from microblog.db import Database
from microblog.mail import State
from microblog.mail.admin import drop
from microblog.mail.leases import CLAIM, LEASE_TIME, Begun, Lease, LeaseLost, begin, expire, next_due, renew, take
from microblog.mail.outbox import Try
from support.clock import NOON
from support.postgres import Postgres

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def change(database: Database, lease: Lease, word: str, now: datetime = NOON) -> bool:
    """Say one of the four words about a claimed email."""
    with database.writing() as session:
        if word == "end":
            return lease.end(session, State.FAILED, "550 no", now)
        if word == "again":
            return lease.retry(session, "451 later", now + MINUTE, now)
        if word == "untried":
            return lease.return_untried(session, "away", now + MINUTE, now)
        if word == "release":
            return lease.release(session, now + MINUTE)
    try:
        with database.writing() as session:
            begin(session, [Begun(lease, "<1@blog.example>", lease.email.to, None, {})])
    except LeaseLost:
        return False
    return True


WORDS = ("end", "retry", "return_untried", "release", "begin")


def test_urgent_emails_are_taken_first(database: Database) -> None:
    slow = put(database, NOON - DAY, NOON - DAY)
    urgent = put(database, NOON, NOON, urgent=True)
    assert ids(taken(database, "one")) == urgent + slow


def test_emails_are_taken_by_when_they_were_due(database: Database) -> None:
    late, early, middle = put(database, NOON, NOON - 2 * MINUTE, NOON - MINUTE)
    assert [ids(taken(database, "one", size=1)) for _ in range(3)] == [[early], [middle], [late]]


def test_no_email_is_taken_before_it_is_due(database: Database) -> None:
    now, _ = put(database, NOON, NOON + SECOND)
    assert ids(taken(database, "one")) == [now]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_no_more_are_taken_than_asked_for(database: Database, size: int) -> None:
    put(database, NOON, NOON, urgent=True)
    put(database, NOON, NOON)
    assert len(taken(database, "one", size)) == size


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.EXPIRED, State.DROPPED])
def test_an_email_that_ended_is_never_taken_again(database: Database, state: State) -> None:
    put(database, NOON - DAY, state=state)
    assert taken(database, "one") == []


def test_a_taken_email_carries_its_holder_and_the_end_of_the_lease(database: Database) -> None:
    (number,) = put(database, NOON - MINUTE)
    taken(database, "one")
    email = row(database, number)
    assert (email.state, email.lease, email.due_at) == (State.SENDING, "one", NOON + LEASE_TIME)


def test_two_workers_never_hold_the_same_email(database: Database) -> None:
    numbers = put(database, *[NOON] * 10)
    first, second, third = (ids(taken(database, holder, size=5)) for holder in ("one", "two", "three"))
    assert sorted(first + second) == numbers
    assert third == []


def test_two_transactions_open_at_once_never_take_the_same_email(postgres: Postgres) -> None:
    """On PostgreSQL: SQLite has one writer at a time."""
    with postgres.fresh() as url, closing(Database(url)) as database:
        numbers = put(database, *[NOON] * 4)
        with database.writing() as one, database.writing() as two:
            two.execute(text("SET LOCAL lock_timeout = 5000"))  # so that waiting for the other shows as a failure
            first = take(one, "one", 2, NOON)
            second = take(two, "two", 2, NOON)
            assert take(two, "two", 2, NOON) == []
        assert sorted(ids(first) + ids(second)) == numbers


def test_many_workers_at_once_hold_each_email_once(database: Database) -> None:
    numbers = put(database, *[NOON] * 60)
    with ThreadPoolExecutor(6) as workers:
        found = list(workers.map(lambda turn: ids(taken(database, f"{turn}", size=10)), range(8)))
    assert sorted(number for batch in found for number in batch) == numbers


def test_a_transaction_that_fails_takes_nothing(database: Database) -> None:
    (number,) = put(database, NOON)
    with pytest.raises(ZeroDivisionError), database.writing() as session:  # noqa: PT012 - the transaction is the subject
        take(session, "one", 1, NOON)
        raise ZeroDivisionError
    assert ids(taken(database, "two")) == [number]


def test_a_lease_is_kept_to_its_end_and_then_taken_over(database: Database) -> None:
    numbers = put(database, NOON)
    taken(database, "one")
    assert taken(database, "two", now=NOON + LEASE_TIME - SECOND) == []
    assert ids(taken(database, "two", now=NOON + LEASE_TIME)) == numbers


def test_a_renewed_lease_holds_for_another(database: Database) -> None:
    numbers = put(database, NOON)
    taken(database, "one")
    with database.writing() as session:
        renew(session, "one", numbers, NOON + LEASE_TIME - SECOND)
    assert taken(database, "two", now=NOON + 2 * LEASE_TIME - 2 * SECOND) == []
    assert ids(taken(database, "two", now=NOON + 2 * LEASE_TIME - SECOND)) == numbers


def test_nobody_renews_or_releases_the_email_of_another(database: Database) -> None:
    (number,) = put(database, NOON)
    (lease,) = taken(database, "one")
    with database.writing() as session:
        renew(session, "two", [number], NOON + MINUTE)
        assert not replace(lease, holder="two").release(session, NOON)
    email = row(database, number)
    assert (email.state, email.lease, email.due_at) == (State.SENDING, "one", NOON + LEASE_TIME)


def test_a_renewal_that_comes_too_late_wakes_no_email_that_ended(database: Database) -> None:
    (lease,) = [taken(database, "one")[0] for _ in put(database, NOON)]
    change(database, lease, "end")
    with database.writing() as session:
        renew(session, "one", [lease.email.id], NOON + MINUTE)
        assert not lease.release(session, NOON)
    assert row(database, lease.email.id).state == State.FAILED


def test_a_released_email_is_as_it_was_and_anybodys(database: Database) -> None:
    numbers = put(database, NOON, tries=3)
    (lease,) = taken(database, "one")
    assert change(database, lease, "begin")
    with database.writing() as session:
        assert lease.release(session, NOON + MINUTE)
    email = row(database, numbers[0])
    assert (email.state, email.lease, email.tries, email.due_at) == (State.WAITING, None, 3, NOON + MINUTE)
    assert ids(taken(database, "two", now=NOON + MINUTE)) == numbers


def test_an_ended_email_says_what_became_of_it_and_when(database: Database) -> None:
    put(database, NOON)
    (lease,) = taken(database, "one")
    assert change(database, lease, "end", NOON + SECOND)
    email = row(database, lease.email.id)
    assert (email.state, email.lease, email.reply, email.ended_at) == ("failed", None, "550 no", NOON + SECOND)


def test_a_try_is_counted_when_it_begins_and_fixes_the_message_id(database: Database) -> None:
    put(database, NOON, tries=2)
    (lease,) = taken(database, "one")
    assert change(database, lease, "begin")
    email = row(database, lease.email.id)
    assert (email.tries, email.message_id) == (3, "<1@blog.example>")
    assert (email.state, email.lease) == (State.SENDING, "one")


@pytest.mark.parametrize(("word", "tries", "reply"), [("again", 3, "451 later"), ("untried", 2, "away")])
def test_an_email_put_back_waits_and_its_try_counts_unless_the_server_was_to_blame(
    database: Database, word: str, tries: int, reply: str
) -> None:
    put(database, NOON, tries=2)
    (lease,) = taken(database, "one")
    assert change(database, lease, "begin")
    assert change(database, lease, word)
    email = row(database, lease.email.id)
    assert (email.state, email.lease, email.due_at) == (State.WAITING, None, NOON + MINUTE)
    assert (email.tries, email.reply, email.message_id) == (tries, reply, "<1@blog.example>")


@pytest.mark.parametrize("word", WORDS)
def test_a_lost_claim_has_no_say(database: Database, word: str) -> None:
    put(database, NOON)
    (mine,) = taken(database, "one")
    taken(database, "two", now=NOON + LEASE_TIME)
    assert not change(database, mine, word)
    email = row(database, mine.email.id)
    assert (email.state, email.lease, email.tries, email.reply) == (State.SENDING, "two", 0, None)


def test_an_email_that_left_is_marked_whoever_holds_it_by_now(database: Database) -> None:
    put(database, NOON)
    (mine,) = taken(database, "one")
    taken(database, "two", now=NOON + LEASE_TIME)
    with database.writing() as session:
        assert mine.end(session, State.SENT, "250 OK", NOON + LEASE_TIME)
    email = row(database, mine.email.id)
    assert (email.state, email.lease, email.reply) == (State.SENT, None, "250 OK")


def test_an_email_that_left_is_sent_even_if_it_was_dropped_meanwhile(database: Database) -> None:
    put(database, NOON)
    (mine,) = taken(database, "one")
    drop(database, mine.email.id, NOON, "alice")
    with database.writing() as session:
        assert mine.end(session, State.SENT, "250 OK", NOON + SECOND)
        assert not mine.end(session, State.SENT, "250 OK, again", NOON + MINUTE)
    email = row(database, mine.email.id)
    assert (email.state, email.reason, email.reply) == (State.SENT, "", "250 OK")


@pytest.mark.parametrize("word", WORDS)
def test_a_claim_has_no_say_once_its_email_ended(database: Database, word: str) -> None:
    put(database, NOON)
    (lease,) = taken(database, "one")
    assert change(database, lease, "end")
    assert not change(database, lease, word)
    assert row(database, lease.email.id).state == State.FAILED


def test_what_is_known_when_a_try_begins_is_kept(database: Database) -> None:
    put(database, NOON, to="alice")
    (lease,) = taken(database, "one")
    with database.writing() as session:
        begin(session, [Begun(lease, "<1@blog.example>", "a@example.com", "a@example.com", {"counted": True})])
    email = row(database, lease.email.id)
    assert (email.to, email.address_key, email.progress) == ("a@example.com", "a@example.com", {"counted": True})


def test_where_one_of_several_leases_is_lost_no_try_begins(database: Database) -> None:
    put(database, NOON, NOON)
    mine, lost = taken(database, "one")
    begun = [Begun(lease, "<1@blog.example>", "alice", None, {}) for lease in (mine, replace(lost, holder="two"))]
    with pytest.raises(LeaseLost), database.writing() as session:
        begin(session, begun)
    assert row(database, mine.email.id).tries == 0


def test_a_try_that_was_not_the_last_is_kept_with_the_servers_words(database: Database) -> None:
    put(database, NOON, tries=2)
    (lease,) = taken(database, "one")
    assert change(database, lease, "again", NOON + SECOND)
    with database.reading() as session:
        (kept,) = session.scalars(select(Try))
    found = (kept.email_id, kept.number, kept.at, kept.state, kept.reply)
    assert found == (lease.email.id, 3, NOON + SECOND, "waiting", "451 later")


def test_emails_that_wait_beyond_their_time_are_ended_and_no_others(database: Database) -> None:
    over, later = put(database, NOON + DAY, expires_at=NOON), put(database, NOON + DAY, expires_at=NOON + SECOND)
    sending = put(database, NOON, expires_at=NOON, state=State.SENDING, lease="one")
    sent = put(database, NOON, expires_at=NOON, state=State.SENT)
    with database.writing() as session:
        assert expire(session, NOON) == 1
    emails = [row(database, number) for (number,) in (over, later, sending, sent)]
    assert [email.state for email in emails] == [State.EXPIRED, State.WAITING, State.SENDING, State.SENT]
    assert (emails[0].reason, emails[0].ended_at) == ("deadline", NOON)


@pytest.mark.parametrize(("others", "expected"), [(0, 1), (1, 1), (2, 2), (5, 4), (None, 4)])
def test_emails_that_are_not_urgent_may_be_held_back(database: Database, others: int | None, expected: int) -> None:
    put(database, NOON, urgent=True)
    put(database, NOON, NOON, NOON)
    with database.writing() as session:
        assert len(take(session, "one", 20, NOON, others)) == expected


def test_nothing_is_due_when_nothing_is_open(database: Database) -> None:
    put(database, NOON, state=State.SENT)
    with database.reading() as session:
        assert next_due(session) is None


def test_the_next_due_is_the_first_of_all_open_emails_and_leases(database: Database) -> None:
    put(database, NOON + DAY, NOON + 2 * MINUTE)
    put(database, NOON + 3 * MINUTE, urgent=True)
    with database.reading() as session:
        assert next_due(session) == NOON + 2 * MINUTE
    put(database, NOON + MINUTE, state=State.SENDING, lease="dead")
    with database.reading() as session:
        assert next_due(session) == NOON + MINUTE


@pytest.mark.parametrize("urgent", [True, False])
def test_claiming_goes_by_the_index_however_many_emails_have_ended(database: Database, urgent: bool) -> None:
    put(database, *[NOON - DAY] * 3000, state=State.SENT)
    put(database, *[NOON - DAY] * 3000, state=State.SENT, urgent=True)
    put(database, *[NOON] * 50, urgent=urgent)
    assert "ix_outbox_due" in plan(database, urgent=urgent)


def plan(database: Database, *, urgent: bool) -> str:
    """Return how the database goes about the lease statement, exactly as it is sent."""
    sent: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: sent.append((call[2], call[3])))
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.execute(CLAIM[urgent], {"holder": "one", "size": 20, "now": NOON, "lease": NOON + LEASE_TIME})
        connection.rollback()
    statement, parameters = sent[-1]
    explain = "EXPLAIN" if database.is_postgresql else "EXPLAIN QUERY PLAN"
    with database.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())
