"""The outbox at a glance: counts, the oldest email, workers, the last hour."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from mail.rows import put
from microblog.db import Database
from microblog.mail import State
from microblog.mail.admin import (
    EmailPage,
    Wanted,
    ended_ever,
    ended_since,
    find,
    kinds,
    last_hour,
    oldest_open,
    open_now,
    workers,
)
from microblog.mail.counts import BOUNDS
from microblog.mail.outbox import EmailCount, WorkerSeen
from support.clock import NOON
from support.outbox import DAY, put_email

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FORGOTTEN: dict[str, Any] = {"to": "", "payload": {}}


def count_up(session: Session, state: State, emails: int, kind: str = "reset_password", reason: str = "") -> None:
    row = EmailCount(kind=kind, state=state, reason=reason, emails=emails, seconds=1.0, buckets=[0] * len(BOUNDS))
    session.add(row)


def test_an_empty_outbox_has_nothing_to_show(database: Database) -> None:
    with database.reading() as session:
        assert not open_now(session)
        assert not ended_since(session, NOON - DAY)
        assert not ended_ever(session)
        assert oldest_open(session) is None
        assert workers(session, NOON) == ()
        assert kinds(session) == ()
        assert find(session, Wanted(), size=5) == EmailPage(())
        assert sum(one.posted + one.sent + one.lost + one.dropped for one in last_hour(session, NOON)) == 0


def test_emails_are_counted_by_state_now_within_a_day_and_ever(database: Database) -> None:
    for state, ago_ in [(State.SENT, HOUR), (State.SENT, 2 * DAY), (State.DROPPED, HOUR), (State.WAITING, 3 * DAY)]:
        put_email(database, state, queued_at=NOON - ago_)
    put_email(database, State.SENDING)
    put_email(database, State.FAILED, queued_at=NOON - HOUR, counted=True)
    put_email(database, State.EXPIRED, queued_at=NOON - HOUR, **FORGOTTEN)
    with database.writing() as session:
        count_up(session, State.SENT, 40)
        count_up(session, State.SENT, 2, kind="sign_up")
        count_up(session, State.FAILED, 7, reason="refused")
    with database.reading() as session:
        assert open_now(session) == {"waiting": 1, "sending": 1}
        assert ended_since(session, NOON - DAY) == {"sent": 1, "dropped": 1, "failed": 1}
        assert ended_ever(session) == {"sent": 44, "dropped": 1, "failed": 7, "expired": 1}


def test_the_oldest_email_on_its_way_is_found_whatever_is_due_next(database: Database) -> None:
    put_email(database, State.SENT, queued_at=NOON - DAY)
    put_email(database, queued_at=NOON - MINUTE)
    old = put_email(database, queued_at=NOON - HOUR, due_at=NOON + HOUR, urgent=False)
    with database.reading() as session:
        oldest = oldest_open(session)
    assert oldest is not None
    assert (oldest.id, oldest.queued_at) == (old, NOON - HOUR)


def test_a_worker_is_alive_while_it_is_heard_of(database: Database) -> None:
    with database.writing() as session:
        for name, silent, trouble in [("a", 0, None), ("b", 59, "421 4.3.0 busy"), ("c", 60, None)]:
            at = NOON - silent * SECOND
            session.add(WorkerSeen(id=name, name=name, version="1", started_at=NOON - DAY, seen_at=at, trouble=trouble))
    with database.reading() as session:
        found = workers(session, NOON)
    assert [(one.name, one.alive, one.trouble) for one in found] == [
        ("a", True, ""),
        ("b", True, "421 4.3.0 busy"),
        ("c", False, ""),
    ]


def test_the_last_hour_is_told_minute_by_minute(database: Database) -> None:
    now = NOON + 30 * SECOND
    put_email(database, State.SENT, queued_at=NOON, ended_at=NOON + 5 * SECOND)
    put_email(database, State.SENT, queued_at=NOON - MINUTE, ended_at=NOON + 6 * SECOND)
    put_email(database, State.FAILED, queued_at=NOON - 59 * MINUTE)
    put_email(database, State.EXPIRED, queued_at=NOON - DAY, ended_at=NOON - 59 * MINUTE)
    put_email(database, State.DROPPED, queued_at=NOON - 30 * MINUTE)
    put_email(database, State.SENT, queued_at=NOON - HOUR - SECOND)  # too long ago
    put_email(database, queued_at=NOON - 30 * MINUTE)
    put_email(database, queued_at=NOON - DAY)
    with database.reading() as session:
        hour = last_hour(session, now)
    told = {(NOON - one.start) // MINUTE: (one.posted, one.sent, one.lost, one.dropped) for one in hour}
    assert list(told) == list(range(59, -1, -1))
    assert {minute: facts for minute, facts in told.items() if any(facts)} == {
        59: (1, 0, 2, 0),
        30: (2, 0, 0, 1),
        1: (1, 0, 0, 0),
        0: (1, 2, 0, 0),
    }


QUESTIONS: list[tuple[str, Callable[[Session], object]]] = [
    ("ix_outbox_due", open_now),
    ("ix_outbox_due", oldest_open),
    ("ix_outbox_kept", lambda session: ended_since(session, NOON - HOUR)),
    ("ix_outbox_kept", lambda session: last_hour(session, NOON)),
    ("ix_outbox_uncounted", ended_ever),
    ("ix_outbox_uncounted", kinds),
    ("ix_outbox_due", lambda session: find(session, Wanted(State.WAITING), size=9)),
    ("ix_outbox_address_key", lambda session: find(session, Wanted(words="bob@example.com"), size=9)),
]


def test_each_question_goes_by_its_index_however_many_emails_have_ended(database: Database) -> None:
    old: dict[str, Any] = {"ended_at": NOON - 9 * DAY, "counted": True, "address_key": "alice@example.com"}
    put(database, *[NOON - 9 * DAY] * 5000, state=State.SENT, **old)
    for number in range(9):
        put_email(database, State.SENT, queued_at=NOON - MINUTE, to="bob@example.com")
        put_email(database, to="bob@example.com", queued_at=NOON - number * MINUTE)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    for index, question in QUESTIONS:
        assert index in plans(database, question), question


def plans(database: Database, question: Callable[[Session], object]) -> str:
    """Return how the database goes about all that is asked, exactly as it is asked."""
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    with database.reading() as session:
        question(session)
    explain = "EXPLAIN" if database.is_postgresql else "EXPLAIN QUERY PLAN"
    statements = [(statement, parameters) for statement, parameters in asked if "FROM outbox" in statement]
    with database.engine.connect() as connection:
        told = [connection.exec_driver_sql(f"{explain} {one}", parameters).all() for one, parameters in statements]
    assert told
    return str(told)
