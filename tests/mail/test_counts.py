"""How many emails ended how: exact at any time, and never less than before."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from mail.rows import put, row, taken
from microblog.db import Database
from microblog.mail import Email, State
from microblog.mail.admin import drop, retry
from microblog.mail.counts import BOUNDS, Count, gather, totals
from microblog.mail.outbox import EmailCount
from support.clock import NOON
from support.postgres import Postgres

WHOLE_TABLE = re.compile(r"SCAN outbox(?! USING)|Seq Scan on outbox")
ENDED = (State.SENT, State.FAILED, State.EXPIRED, State.DROPPED)


def ended(database: Database, *seconds: float, **more: Any) -> list[int]:
    """Put emails there that ended so many seconds after they were posted."""
    rows = {"state": State.SENT} | more
    return [put(database, NOON, ended_at=NOON + timedelta(seconds=took), **rows)[0] for took in seconds]


def counted(database: Database, size: int = 500) -> int:
    with database.writing() as session:
        return gather(session, size)


def figures(database: Database) -> list[Count]:
    with database.reading() as session:
        return totals(session)


def table(database: Database) -> int:
    """Return how many emails the table itself knows."""
    with database.reading() as session:
        return sum(session.scalars(select(EmailCount.emails)))


def sizes(database: Database) -> dict[tuple[str, str, str], int]:
    return {count.key: count.emails for count in figures(database)}


def test_nothing_has_ended_yet(database: Database) -> None:
    put(database, NOON)
    put(database, NOON, state=State.SENDING)
    assert counted(database) == 0
    assert figures(database) == []


@pytest.mark.parametrize("gathered", [False, True])
def test_emails_are_counted_by_kind_outcome_and_reason(database: Database, gathered: bool) -> None:
    ended(database, 1, 1)
    ended(database, 1, kind="reset_password")
    ended(database, 1, 1, state=State.DROPPED, reason="no_such_account")
    ended(database, 1, state=State.DROPPED, reason="repeated")
    ended(database, 1, state=State.FAILED, reason="refused")
    put(database, NOON)
    assert counted(database) == 7 if gathered else True
    assert sizes(database) == {
        ("note", "dropped", "repeated"): 1,
        ("note", "dropped", "no_such_account"): 2,
        ("note", "failed", "refused"): 1,
        ("note", "sent", ""): 2,
        ("reset_password", "sent", ""): 1,
    }


@pytest.mark.parametrize("gathered", [False, True])
def test_a_bucket_holds_what_took_up_to_its_bound(database: Database, gathered: bool) -> None:
    for bound in BOUNDS:
        ended(database, bound, bound + 0.01, kind=f"{bound}")
    assert counted(database) == 2 * len(BOUNDS) if gathered else True
    for count in figures(database):
        bound = float(count.kind)
        assert count.buckets == tuple(0 if other < bound else 1 if other == bound else 2 for other in BOUNDS)
        assert count.emails == 2
        assert count.seconds == pytest.approx(2 * bound + 0.01, abs=0.002)


def test_an_email_that_ended_before_it_was_posted_by_another_clock_took_no_time(database: Database) -> None:
    ended(database, -40)
    [count] = figures(database)
    assert (count.seconds, count.buckets) == (0, (1,) * len(BOUNDS))


def test_the_figures_are_the_same_to_the_last_bit_however_much_is_gathered(database: Database) -> None:
    chance = random.Random(3)
    for state in ENDED:
        ended(database, *[chance.random() * 10 ** chance.randint(-2, 5) for _ in range(20)], state=state, reason="why")
    before = figures(database)
    assert sum(count.emails for count in before) == 80
    for gathered in range(7, 81, 7):
        assert counted(database, 7) == 7
        assert table(database) == gathered
        assert figures(database) == before
    assert [counted(database, 7), counted(database, 7)] == [3, 0]
    assert table(database) == 80
    assert figures(database) == before


def test_each_email_is_counted_once(database: Database) -> None:
    [first] = ended(database, 1)
    assert [counted(database), counted(database)] == [1, 0]
    ended(database, 2)
    assert [counted(database), counted(database)] == [1, 0]
    assert sizes(database) == {("note", "sent", ""): 2}
    assert row(database, first).counted


def test_what_is_undone_is_not_counted(database: Database) -> None:
    ended(database, 1)
    with pytest.raises(ZeroDivisionError), database.writing() as session:  # noqa: PT012 - the transaction is the subject
        gather(session)
        raise ZeroDivisionError
    assert table(database) == 0
    assert sizes(database) == {("note", "sent", ""): 1}


def test_an_email_tried_again_keeps_its_first_outcome_in_the_figures(database: Database) -> None:
    number, _ = ended(database, 1, 1, state=State.FAILED, reason="refused")
    retry(database, number, NOON, "alice")
    assert sizes(database) == {("note", "failed", "refused"): 2}
    with database.writing() as session:
        session.execute(update(Email).where(Email.id == number).values(state=State.SENT, ended_at=NOON))
    for more in (2, 0):  # the one that was never tried again, and this one for the second time
        assert sizes(database) == {("note", "failed", "refused"): 2, ("note", "sent", ""): 1}
        assert counted(database) == more


def test_an_email_dropped_in_a_workers_hand_keeps_that_outcome_where_it_leaves_all_the_same(
    database: Database,
) -> None:
    [number] = put(database, NOON)
    [lease] = taken(database, "one")
    drop(database, number, NOON, "alice")
    assert sizes(database) == {("note", "dropped", "dropped_by_operator"): 1}
    with database.writing() as session:
        assert lease.end(session, State.SENT, "250 OK", NOON)
    for more in (1, 0):
        assert sizes(database) == {("note", "dropped", "dropped_by_operator"): 1, ("note", "sent", ""): 1}
        assert counted(database) == more


def test_many_workers_at_once_count_each_email_once(database: Database) -> None:
    for state in ENDED:
        ended(database, *[0.25] * 40, state=state)

    def work(_: int) -> int:
        total = 0
        while done := counted(database, 7):
            total += done
        return total

    with ThreadPoolExecutor(6) as workers:
        assert sum(workers.map(work, range(6))) <= 160  # each stops where the others hold all that is left
    while counted(database):
        pass
    assert sizes(database) == {("note", state, ""): 40 for state in ENDED}
    assert sum(count.seconds for count in figures(database)) == 40


def test_figures_read_while_others_count_are_exact(database: Database) -> None:
    ended(database, *[0.25] * 40)

    def look(_: int) -> set[int]:
        return {count.emails for _ in range(15) for count in figures(database)}

    with ThreadPoolExecutor(4) as workers:
        looked = workers.map(look, range(3))
        while counted(database, 1):
            pass
        assert set().union(*looked) == {40}


def test_a_worker_that_counts_does_not_wait_for_another(postgres: Postgres) -> None:
    """On PostgreSQL: SQLite has one writer at a time."""
    with postgres.fresh() as url, closing(Database(url)) as database:
        ended(database, 1, 1)
        ended(database, 2, 2, kind="other")
        with database.writing() as one:
            assert gather(one, 2) == 2
            assert counted(database, 2) == 2
        assert sum(sizes(database).values()) == 4


def test_asking_reads_no_email_that_has_been_counted(database: Database) -> None:
    put(database, *[NOON] * 5000, state=State.SENT, ended_at=NOON, counted=True)
    ended(database, 1)
    put(database, NOON)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    sent: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: sent.append((call[2], call[3])))
    with database.writing() as session:
        totals(session)
        assert gather(session) == 1
    plans = plans_of(database, [call for call in sent if "outbox" in call[0]])
    assert len(plans) == 4
    assert not [plan for plan in plans if WHOLE_TABLE.search(plan)]
    assert sum("ix_outbox_uncounted" in plan for plan in plans) >= 2


def plans_of(database: Database, statements: list[tuple[str, Any]]) -> list[str]:
    """Return how the database goes about each statement."""
    explain = "EXPLAIN" if database.is_postgresql else "EXPLAIN QUERY PLAN"
    with database.engine.connect() as connection:
        return [str(connection.exec_driver_sql(f"{explain} {sql}", values).all()) for sql, values in statements]


def test_the_table_is_what_it_says(database: Database) -> None:
    """A row written by hand, as an older version would have left it, is part of the figures."""
    known = {"kind": "note", "state": "sent", "reason": "", "emails": 5, "seconds": 2.5, "buckets": [4, *[5] * 11]}
    with database.writing() as session:
        session.execute(insert(EmailCount).values(known))
    ended(database, 0.75)
    assert figures(database) == [Count("note", "sent", "", 6, 3.25, (4, *[6] * 11))]
    counted(database)
    assert figures(database) == [Count("note", "sent", "", 6, 3.25, (4, *[6] * 11))]
