"""Taking letters by lease, and who may say what became of them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from mail.rows import DAY, ids, put, row, taken
from microblog.db import Database
from microblog.mail import State, Try
from microblog.mail.claims import CLAIM, LEASE, Begun, Claim, LeaseLost, begin, expire, next_due, renew, take
from microblog.mail.desk import drop
from support.clock import NOON
from support.postgres import Postgres

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def change(database: Database, claim: Claim, word: str, now: datetime = NOON) -> bool:
    """Say one of the four words about a claimed letter."""
    with database.writing() as session:
        if word == "end":
            return claim.end(session, State.FAILED, "550 no", now)
        if word == "again":
            return claim.again(session, "451 later", now + MINUTE, now)
        if word == "untried":
            return claim.untried(session, "away", now + MINUTE, now)
        if word == "release":
            return claim.release(session, now + MINUTE)
    try:
        with database.writing() as session:
            begin(session, [Begun(claim, "<1@blog.example>", claim.letter.to, None, {})])
    except LeaseLost:
        return False
    return True


WORDS = ("end", "again", "untried", "release", "begin")


def test_urgent_letters_are_taken_first(database: Database) -> None:
    slow = put(database, NOON - DAY, NOON - DAY)
    urgent = put(database, NOON, NOON, urgent=True)
    assert ids(taken(database, "one")) == urgent + slow


def test_letters_are_taken_by_when_they_were_due(database: Database) -> None:
    late, early, middle = put(database, NOON, NOON - 2 * MINUTE, NOON - MINUTE)
    assert [ids(taken(database, "one", size=1)) for _ in range(3)] == [[early], [middle], [late]]


def test_no_letter_is_taken_before_it_is_due(database: Database) -> None:
    now, _ = put(database, NOON, NOON + SECOND)
    assert ids(taken(database, "one")) == [now]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_no_more_are_taken_than_asked_for(database: Database, size: int) -> None:
    put(database, NOON, NOON, urgent=True)
    put(database, NOON, NOON)
    assert len(taken(database, "one", size)) == size


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.EXPIRED, State.DROPPED])
def test_a_letter_that_ended_is_never_taken_again(database: Database, state: State) -> None:
    put(database, NOON - DAY, state=state)
    assert taken(database, "one") == []


def test_a_taken_letter_carries_its_holder_and_the_end_of_the_lease(database: Database) -> None:
    (number,) = put(database, NOON - MINUTE)
    taken(database, "one")
    letter = row(database, number)
    assert (letter.state, letter.claim, letter.due_at) == (State.SENDING, "one", NOON + LEASE)


def test_two_workers_never_hold_the_same_letter(database: Database) -> None:
    numbers = put(database, *[NOON] * 10)
    first, second, third = (ids(taken(database, holder, size=5)) for holder in ("one", "two", "three"))
    assert sorted(first + second) == numbers
    assert third == []


def test_two_transactions_open_at_once_never_take_the_same_letter(postgres: Postgres) -> None:
    """On PostgreSQL: SQLite has one writer at a time."""
    with postgres.fresh() as url, closing(Database(url)) as database:
        numbers = put(database, *[NOON] * 4)
        with database.writing() as one, database.writing() as two:
            two.execute(text("SET LOCAL lock_timeout = 5000"))  # so that waiting for the other shows as a failure
            first = take(one, "one", 2, NOON)
            second = take(two, "two", 2, NOON)
            assert take(two, "two", 2, NOON) == []
        assert sorted(ids(first) + ids(second)) == numbers


def test_many_workers_at_once_hold_each_letter_once(database: Database) -> None:
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
    assert taken(database, "two", now=NOON + LEASE - SECOND) == []
    assert ids(taken(database, "two", now=NOON + LEASE)) == numbers


def test_a_renewed_lease_holds_for_another(database: Database) -> None:
    numbers = put(database, NOON)
    taken(database, "one")
    with database.writing() as session:
        renew(session, "one", numbers, NOON + LEASE - SECOND)
    assert taken(database, "two", now=NOON + 2 * LEASE - 2 * SECOND) == []
    assert ids(taken(database, "two", now=NOON + 2 * LEASE - SECOND)) == numbers


def test_nobody_renews_or_releases_the_letter_of_another(database: Database) -> None:
    (number,) = put(database, NOON)
    (claim,) = taken(database, "one")
    with database.writing() as session:
        renew(session, "two", [number], NOON + MINUTE)
        assert not replace(claim, holder="two").release(session, NOON)
    letter = row(database, number)
    assert (letter.state, letter.claim, letter.due_at) == (State.SENDING, "one", NOON + LEASE)


def test_a_renewal_that_comes_too_late_wakes_no_letter_that_ended(database: Database) -> None:
    (claim,) = [taken(database, "one")[0] for _ in put(database, NOON)]
    change(database, claim, "end")
    with database.writing() as session:
        renew(session, "one", [claim.letter.id], NOON + MINUTE)
        assert not claim.release(session, NOON)
    assert row(database, claim.letter.id).state == State.FAILED


def test_a_released_letter_is_as_it_was_and_anybodys(database: Database) -> None:
    numbers = put(database, NOON, tries=3)
    (claim,) = taken(database, "one")
    assert change(database, claim, "begin")
    with database.writing() as session:
        assert claim.release(session, NOON + MINUTE)
    letter = row(database, numbers[0])
    assert (letter.state, letter.claim, letter.tries, letter.due_at) == (State.WAITING, None, 3, NOON + MINUTE)
    assert ids(taken(database, "two", now=NOON + MINUTE)) == numbers


def test_an_ended_letter_says_what_became_of_it_and_when(database: Database) -> None:
    put(database, NOON)
    (claim,) = taken(database, "one")
    assert change(database, claim, "end", NOON + SECOND)
    letter = row(database, claim.letter.id)
    assert (letter.state, letter.claim, letter.reply, letter.ended_at) == ("failed", None, "550 no", NOON + SECOND)


def test_a_try_is_counted_when_it_begins_and_fixes_the_message_id(database: Database) -> None:
    put(database, NOON, tries=2)
    (claim,) = taken(database, "one")
    assert change(database, claim, "begin")
    letter = row(database, claim.letter.id)
    assert (letter.tries, letter.message_id) == (3, "<1@blog.example>")
    assert (letter.state, letter.claim) == (State.SENDING, "one")


@pytest.mark.parametrize(("word", "tries", "reply"), [("again", 3, "451 later"), ("untried", 2, "away")])
def test_a_letter_put_back_waits_and_its_try_counts_unless_the_server_was_to_blame(
    database: Database, word: str, tries: int, reply: str
) -> None:
    put(database, NOON, tries=2)
    (claim,) = taken(database, "one")
    assert change(database, claim, "begin")
    assert change(database, claim, word)
    letter = row(database, claim.letter.id)
    assert (letter.state, letter.claim, letter.due_at) == (State.WAITING, None, NOON + MINUTE)
    assert (letter.tries, letter.reply, letter.message_id) == (tries, reply, "<1@blog.example>")


@pytest.mark.parametrize("word", WORDS)
def test_a_lost_claim_has_no_say(database: Database, word: str) -> None:
    put(database, NOON)
    (mine,) = taken(database, "one")
    taken(database, "two", now=NOON + LEASE)
    assert not change(database, mine, word)
    letter = row(database, mine.letter.id)
    assert (letter.state, letter.claim, letter.tries, letter.reply) == (State.SENDING, "two", 0, None)


def test_a_letter_that_left_is_marked_whoever_holds_it_by_now(database: Database) -> None:
    put(database, NOON)
    (mine,) = taken(database, "one")
    taken(database, "two", now=NOON + LEASE)
    with database.writing() as session:
        assert mine.end(session, State.SENT, "250 OK", NOON + LEASE)
    letter = row(database, mine.letter.id)
    assert (letter.state, letter.claim, letter.reply) == (State.SENT, None, "250 OK")


def test_a_letter_that_left_is_sent_even_if_it_was_dropped_meanwhile(database: Database) -> None:
    put(database, NOON)
    (mine,) = taken(database, "one")
    with database.writing() as session:
        drop(session, mine.letter.id, NOON)
    with database.writing() as session:
        assert mine.end(session, State.SENT, "250 OK", NOON + SECOND)
        assert not mine.end(session, State.SENT, "250 OK, again", NOON + MINUTE)
    letter = row(database, mine.letter.id)
    assert (letter.state, letter.reason, letter.reply) == (State.SENT, "", "250 OK")


@pytest.mark.parametrize("word", WORDS)
def test_a_claim_has_no_say_once_its_letter_ended(database: Database, word: str) -> None:
    put(database, NOON)
    (claim,) = taken(database, "one")
    assert change(database, claim, "end")
    assert not change(database, claim, word)
    assert row(database, claim.letter.id).state == State.FAILED


def test_what_is_known_when_a_try_begins_is_kept(database: Database) -> None:
    put(database, NOON, to="alice")
    (claim,) = taken(database, "one")
    with database.writing() as session:
        begin(session, [Begun(claim, "<1@blog.example>", "a@example.com", "a@example.com", {"counted": True})])
    letter = row(database, claim.letter.id)
    assert (letter.to, letter.address_key, letter.facts) == ("a@example.com", "a@example.com", {"counted": True})


def test_where_one_of_several_leases_is_lost_no_try_begins(database: Database) -> None:
    put(database, NOON, NOON)
    mine, lost = taken(database, "one")
    begun = [Begun(claim, "<1@blog.example>", "alice", None, {}) for claim in (mine, replace(lost, holder="two"))]
    with pytest.raises(LeaseLost), database.writing() as session:
        begin(session, begun)
    assert row(database, mine.letter.id).tries == 0


def test_a_try_that_was_not_the_last_is_kept_with_the_servers_words(database: Database) -> None:
    put(database, NOON, tries=2)
    (claim,) = taken(database, "one")
    assert change(database, claim, "again", NOON + SECOND)
    with database.reading() as session:
        (kept,) = session.scalars(select(Try))
    found = (kept.letter_id, kept.number, kept.at, kept.state, kept.reply)
    assert found == (claim.letter.id, 3, NOON + SECOND, "waiting", "451 later")


def test_letters_that_wait_beyond_their_time_are_ended_and_no_others(database: Database) -> None:
    over, later = put(database, NOON + DAY, useful_until=NOON), put(database, NOON + DAY, useful_until=NOON + SECOND)
    sending = put(database, NOON, useful_until=NOON, state=State.SENDING, claim="one")
    sent = put(database, NOON, useful_until=NOON, state=State.SENT)
    with database.writing() as session:
        assert expire(session, NOON) == 1
    letters = [row(database, number) for (number,) in (over, later, sending, sent)]
    assert [letter.state for letter in letters] == [State.EXPIRED, State.WAITING, State.SENDING, State.SENT]
    assert (letters[0].reason, letters[0].ended_at) == ("deadline", NOON)


@pytest.mark.parametrize(("others", "expected"), [(0, 1), (1, 1), (2, 2), (5, 4), (None, 4)])
def test_letters_that_are_not_urgent_may_be_held_back(database: Database, others: int | None, expected: int) -> None:
    put(database, NOON, urgent=True)
    put(database, NOON, NOON, NOON)
    with database.writing() as session:
        assert len(take(session, "one", 20, NOON, others)) == expected


def test_nothing_is_due_when_nothing_is_open(database: Database) -> None:
    put(database, NOON, state=State.SENT)
    with database.reading() as session:
        assert next_due(session) is None


def test_the_next_due_is_the_first_of_all_open_letters_and_leases(database: Database) -> None:
    put(database, NOON + DAY, NOON + 2 * MINUTE)
    put(database, NOON + 3 * MINUTE, urgent=True)
    with database.reading() as session:
        assert next_due(session) == NOON + 2 * MINUTE
    put(database, NOON + MINUTE, state=State.SENDING, claim="dead")
    with database.reading() as session:
        assert next_due(session) == NOON + MINUTE


@pytest.mark.parametrize("urgent", [True, False])
def test_claiming_goes_by_the_index_however_many_letters_have_ended(database: Database, urgent: bool) -> None:
    put(database, *[NOON - DAY] * 3000, state=State.SENT)
    put(database, *[NOON - DAY] * 3000, state=State.SENT, urgent=True)
    put(database, *[NOON] * 50, urgent=urgent)
    assert "ix_outbox_due" in plan(database, urgent=urgent)


def plan(database: Database, *, urgent: bool) -> str:
    """Return how the database goes about the claim statement, exactly as it is sent."""
    sent: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: sent.append((call[2], call[3])))
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.execute(CLAIM[urgent], {"holder": "one", "size": 20, "now": NOON, "lease": NOON + LEASE})
        connection.rollback()
    statement, parameters = sent[-1]
    explain = "EXPLAIN" if database.is_postgresql else "EXPLAIN QUERY PLAN"
    with database.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())
