"""The worker: several threads that deliver, one that listens, one that shows it lives."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from journeys.trial import wait_for
from mail.office import Office
from mail.rows import put, row
from microblog.cli.start import notifier_for
from microblog.db import Database
from microblog.mail import State
from microblog.mail.circuit_breaker import Trouble
from microblog.mail.delivery import Delivery
from microblog.mail.heartbeat import ALIVE_FOR, Heartbeat, live_workers
from microblog.mail.notifier import Broadcast, LocalNotifier
from microblog.mail.outbox import WorkerSeen
from microblog.worker import Rounds, Worker
from support.clock import NOON, HeldClock
from support.running import free_port
from support.smtp_server import SmtpServer


@pytest.fixture
def office(database: Database, clock: HeldClock, smtp_server: SmtpServer) -> Iterator[Office]:
    opened = Office(database, clock, smtp_server.port)
    yield opened
    opened.transport.disconnect()


@contextmanager
def working(office: Office, *deliveries: Delivery) -> Iterator[Worker]:
    delivering, notifier = deliveries or [office.delivery], notifier_for(office.database)
    worker = Worker(office.database, delivering, notifier, office.clock, keep_emails=timedelta(days=30))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def seen(database: Database) -> list[WorkerSeen]:
    with database.reading() as session:
        return list(session.scalars(select(WorkerSeen)))


def test_a_worker_shows_that_it_lives_and_says_goodbye(office: Office) -> None:
    with working(office):
        wait_for(lambda: seen(office.database))
        (shown,) = seen(office.database)
        assert (shown.started_at, shown.seen_at, shown.trouble) == (NOON, NOON, None)
        assert ", process " in shown.name
    assert seen(office.database) == []


def test_a_worker_is_alive_for_a_minute_after_its_last_sign(database: Database) -> None:
    heartbeat = Heartbeat("1.0", name="here")
    with database.writing() as session:
        heartbeat.beat(session, None, NOON)
        heartbeat.beat(session, Trouble("421 too busy", 3.0), NOON)
    with database.reading() as session:
        assert [one.trouble for one in live_workers(session, NOON + ALIVE_FOR * 0.9)] == ["421 too busy"]
        assert live_workers(session, NOON + ALIVE_FOR) == []


def test_several_threads_share_the_letters_and_each_is_sent_once(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.seconds = 0.5
    others = [Office(office.database, office.clock, smtp_server.port) for _ in range(2)]
    with working(office, *(one.delivery for one in others)):
        office.post(*[f"n{number}" for number in range(6)])
        smtp_server.wait_for(6)
        wait_for(lambda: set(office.states().values()) == {"sent"})
    assert len({letter.recipient for letter in smtp_server.delivered}) == len(smtp_server.delivered) == 6
    assert smtp_server.connections <= 2


def test_a_worker_does_not_look_what_is_due_for_every_letter_that_rings(
    office: Office, smtp_server: SmtpServer
) -> None:
    smtp_server.script.seconds = 0.5
    looks: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "min(" in statement:
            looks.append(statement)

    with working(office):
        wait_for(lambda: seen(office.database))
        event.listen(office.database.engine, "before_cursor_execute", note)
        for number in range(40):
            office.post(f"n{number}")
        smtp_server.wait_for(1)
        event.remove(office.database.engine, "before_cursor_execute", note)
    assert len(looks) < 20, "two questions a look"


def test_a_mail_server_in_trouble_shows_with_the_worker(database: Database, clock: HeldClock) -> None:
    office = Office(database, clock, free_port())
    office.post("alice")
    office.delivery.deliver_batch()
    with working(office):
        wait_for(lambda: [one.trouble for one in seen(database)])
        assert seen(database)[0].trouble == "connecting: nothing listens there (connection refused)"


def test_an_alarm_wakes_everybody_and_is_never_missed() -> None:
    broadcast = Broadcast()
    heard = broadcast.round
    broadcast.notify()
    broadcast.wait(heard, 60)  # it rang meanwhile, so this returns at once
    heard = broadcast.round
    waiting = [threading.Thread(target=broadcast.wait, args=(heard, 60)) for _ in range(3)]
    for thread in waiting:
        thread.start()
    broadcast.notify()
    for thread in waiting:
        thread.join(10)
    assert not any(thread.is_alive() for thread in waiting)


def test_a_round_is_done_at_once_and_then_not_before_its_time() -> None:
    rounds = Rounds((3600, str), (0, repr))
    assert rounds.due() == [str, repr]
    assert rounds.due() == [repr]


def test_a_worker_counts_what_ended_and_forgets_what_is_old(office: Office) -> None:
    [number] = put(office.database, NOON, state=State.SENT, ended_at=NOON - timedelta(days=30))
    with working(office):
        office.clock.move(minutes=11)  # until two readings of the clock agree
        wait_for(lambda: row(office.database, number).counted and not row(office.database, number).to)
    assert row(office.database, number).state == "sent"


class WatchedBell(LocalNotifier):
    """Notes that somebody waits, and whether somebody did who had been told to stop."""

    def __init__(self, stopping: Callable[[], bool]) -> None:
        super().__init__()
        self._stopping = stopping
        self.waited, self.waited_in_vain = threading.Event(), False

    def wait(self, seconds: float) -> bool:
        self.waited_in_vain |= self._stopping()
        self.waited.set()
        return super().wait(seconds)


def test_a_worker_that_is_told_to_stop_waits_for_no_further_letter(database: Database, clock: HeldClock) -> None:
    bells: list[WatchedBell] = []

    def make(stopping: Callable[[], bool]) -> WatchedBell:
        bells.append(WatchedBell(stopping))
        return bells[0]

    worker = Worker(database, [], make, clock, keep_emails=timedelta(days=30))
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert bells[0].waited.wait(10)
    worker.stop()
    thread.join(10)
    assert not bells[0].waited_in_vain
