"""Whether emails leave, from the database: on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest

from mail.rows import put
from microblog.db import Database
from microblog.mail import State
from microblog.mail.circuit_breaker import Trouble
from microblog.mail.heartbeat import Heartbeat
from microblog.ops.doctor.outbox import check_outbox, check_waiting, check_workers
from support.clock import NOON
from support.outbox import put_email

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

WAITING = [
    (0, 0 * MINUTE, 0, "OK", "No email waits. In the last day none failed."),
    (1, 5 * MINUTE, 0, "OK", "1 email waits, the oldest for 5 minutes. In the last day none failed."),
    (3, 11 * MINUTE, 0, "WARN", "3 emails wait, the oldest for 11 minutes."),
    (3, 61 * MINUTE, 2, "FAIL", "3 emails wait, the oldest for 1 hour. In the last day 2 failed."),
    (0, 0 * MINUTE, 2, "WARN", "No email waits. In the last day 2 failed."),
]


@pytest.mark.parametrize(("waiting", "age", "failed", "level", "words"), WAITING)
def test_what_waits_and_what_failed_is_judged(
    waiting: int, age: timedelta, failed: int, level: str, words: str
) -> None:
    finding = check_waiting(waiting, age, failed)
    assert finding.level == level
    assert words in finding.words
    assert bool(finding.remedy) == (level != "OK")


@pytest.mark.parametrize(
    ("troubles", "waiting", "level", "words"),
    [
        ([], 0, "WARN", "no email leaves"),
        ([], 1, "FAIL", "no email leaves"),
        ([""], 5, "OK", "1 lives."),
        (["", ""], 0, "OK", "2 live."),
        (["", "535 no"], 0, "FAIL", "it said: 535 no"),
    ],
)
def test_who_delivers_is_judged(troubles: list[str], waiting: int, level: str, words: str) -> None:
    finding = check_workers(troubles, waiting)
    assert finding.level == level
    assert words in finding.words
    assert bool(finding.remedy) == (level != "OK")


def test_the_outbox_is_read_from_the_database(database: Database) -> None:
    put(database, NOON, queued_at=NOON - 2 * HOUR)
    put(database, NOON, state=State.SENDING, queued_at=NOON - HOUR)
    put(database, NOON, state=State.SENT, ended_at=NOON, queued_at=NOON - 9 * DAY)
    put(database, NOON, state=State.FAILED, ended_at=NOON - 23 * HOUR)
    put(database, NOON, state=State.FAILED, ended_at=NOON - 25 * HOUR)
    with database.writing() as session:
        Heartbeat("1").beat(session, None, NOON - 59 * timedelta(seconds=1))
        Heartbeat("1").beat(session, Trouble("535 no", 3.0), NOON - 2 * MINUTE)
    with database.reading() as session:
        outbox, worker = check_outbox(session, NOON)
    assert outbox.words == "2 emails wait, the oldest for 2 hours. In the last day 1 failed."
    assert worker.words == "1 lives."


def test_emails_held_after_a_restore_are_a_warning_that_says_what_to_do(database: Database) -> None:
    put_email(database, State.HELD)
    with database.reading() as session:
        found = [finding for finding in check_outbox(session, NOON) if "held" in finding.words]
    assert [finding.words for finding in found] == ["1 email is held since this site was restored from a backup."]
    assert "microblog mail release --all" in found[0].remedy
