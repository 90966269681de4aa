"""The notifier that wakes a worker: within one process, and across PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from journeys.trial import wait_for
from microblog.db import Database
from microblog.mail import notifier as the_notifier
from microblog.mail import queue
from microblog.mail.notifier import LocalNotifier, Notifier, PostgresNotifier, notifying_after_commit
from microblog.mail.outbox import CHANNEL
from support.clock import NOON
from support.notes import NOTE, Note
from support.postgres import Postgres

LONG = 60.0  # seconds a waiter would wait unrung; far more than a test waits for it
SOON = 10.0
OF_LISTENERS = "FROM pg_stat_activity WHERE datname = current_database() AND starts_with(query, 'LISTEN')"
COUNT = f"SELECT count(*) {OF_LISTENERS}"
KILL = f"SELECT pg_terminate_backend(pid) {OF_LISTENERS}"


class Waiter:
    """A thread that waits at a notifier, again and again, and says when it was woken."""

    def __init__(self, wait: Callable[[], object]) -> None:
        self.woken = threading.Semaphore(0)
        self._wait = wait
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self.ended.is_set():
            self._wait()
            self.woken.release()

    def was_woken(self, seconds: float = SOON) -> bool:
        return self.woken.acquire(timeout=seconds)

    def end(self) -> None:
        self.ended.set()
        self._thread.join(SOON)


def posted(database: Database) -> None:
    with database.writing() as session:
        queue(session, NOTE, to="a@example.com", payload=Note(), now=NOON)


def undone(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:  # noqa: PT012 - the transaction is the subject
        queue(session, NOTE, to="a@example.com", payload=Note(), now=NOON)
        session.flush()
        raise ZeroDivisionError


class CountingNotifier(LocalNotifier):
    """A local notifier that counts."""

    count = 0

    def notify(self) -> None:
        self.count += 1
        super().notify()


def test_a_local_bell_wakes_who_waits() -> None:
    notifier = LocalNotifier()
    waiter = threading.Thread(target=lambda: notifier._notified.wait(LONG), daemon=True)
    waiter.start()
    notifier.notify()
    waiter.join(SOON)
    assert not waiter.is_alive()


def test_a_local_bell_rung_before_anybody_waits_is_heard_once() -> None:
    notifier = LocalNotifier()
    notifier.notify()
    assert notifier.wait(LONG)
    assert not notifier._notified.is_set()
    assert not notifier.wait(0.01)
    notifier.close()


def test_a_local_notifier_notifies_when_an_email_was_posted_and_committed(database: Database) -> None:
    notifier = CountingNotifier()
    database.after_commit.append(notifier.after_commit)
    posted(database)
    assert notifier.count == 1


def test_a_local_bell_stays_silent_for_what_is_no_email_or_was_undone(database: Database) -> None:
    notifier = CountingNotifier()
    database.after_commit.append(notifier.after_commit)
    with database.writing():
        pass
    with database.reading():
        pass
    undone(database)
    assert notifier.count == 0


def test_a_local_notifier_notifies_only_once_others_can_see_the_email(database: Database) -> None:
    notifier = CountingNotifier()
    database.after_commit.append(notifier.after_commit)
    with database.writing() as session:
        queue(session, NOTE, to="a@example.com", payload=Note(), now=NOON)
        session.flush()
        assert notifier.count == 0
    assert notifier.count == 1


@pytest.fixture
def shared(postgres: Postgres) -> Iterator[Database]:
    """A database on PostgreSQL."""
    with postgres.fresh() as url, closing(Database(url)) as database:
        yield database


@contextmanager
def listening(database: Database) -> Iterator[tuple[Waiter, threading.Event]]:
    """Have a thread wait at the notifier, once it really listens."""
    stopping = threading.Event()
    notifier: Notifier = PostgresNotifier(database.engine.url.render_as_string(hide_password=False), stopping.is_set)
    notifier.wait(LONG)  # the first time it connects and comes back at once, for a look at what was posted before
    waiter = Waiter(lambda: notifier.wait(LONG))
    try:
        yield waiter, stopping
    finally:
        waiter.ended.set()
        stopping.set()
        waiter.end()
        notifier.close()


def test_a_shared_bell_is_rung_by_an_email_posted_anywhere(shared: Database) -> None:
    with listening(shared) as (waiter, _):
        posted(shared)
        assert waiter.was_woken()
        posted(shared)
        assert waiter.was_woken()


def test_a_shared_bell_is_rung_once_a_transaction_and_not_by_one_that_was_undone(shared: Database) -> None:
    url = shared.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        undone(shared)
        posted(shared)
        connection.execute("SELECT 1")  # all that was sent before is here now
        assert len(list(connection.notifies(timeout=0))) == 1


@contextmanager
def listener(database: Database) -> Iterator[Callable[[], int]]:
    """Listen, and tell how often it rang since the last look."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")

        def rings() -> int:
            connection.execute("SELECT 1")  # all that was sent before is here now
            return len(list(connection.notifies(timeout=0)))

        yield rings


def test_a_process_of_many_emails_rings_beside_its_transactions_and_seldom(shared: Database) -> None:
    with listener(shared) as rings, notifying_after_commit(shared):
        for _ in range(20):
            posted(shared)
        heard = 0
        for _ in range(int(SOON / 0.02)):
            threading.Event().wait(0.02)
            heard += (new := rings())
            if heard and not new:
                break
    assert 1 <= heard < 20


def test_such_a_process_rings_for_its_last_email_before_it_ends(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(the_notifier, "GATHER", LONG)
    with listener(shared) as rings:
        with notifying_after_commit(shared):
            posted(shared)
            wait_for(rings)
            posted(shared.with_short_timeouts())
            assert rings() == 0
        assert rings() == 1
        posted(shared)
        assert rings() == 1  # within the transaction, as for any other process


def test_such_a_process_stays_silent_for_what_is_no_email_or_was_undone(shared: Database) -> None:
    with listener(shared) as rings:
        with notifying_after_commit(shared):
            with shared.writing():
                pass
            undone(shared)
        assert rings() == 0


def test_such_a_process_goes_on_when_the_database_cannot_be_rung(
    shared: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with listener(shared) as rings, notifying_after_commit(shared):
        with monkeypatch.context() as broken:
            broken.setattr(the_notifier, "NOTIFY", text("NOTIFY 'nobody'"))
            posted(shared)
            wait_for(lambda: "could not be told" in caplog.text)
        posted(shared)
        wait_for(rings)


def test_sqlite_needs_no_such_ringing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/notifier.db")
    with notifying_after_commit(database):
        assert database.after_commit == []


def test_a_shared_bell_hears_that_the_worker_should_stop(shared: Database) -> None:
    with listening(shared) as (waiter, stopping):
        waiter.ended.set()
        stopping.set()
        assert waiter.was_woken()


def test_a_shared_bell_listens_again_after_its_connection_was_killed(shared: Database) -> None:
    with listening(shared) as (waiter, _):
        kill_listeners(shared)
        assert waiter.was_woken()  # it looks what there is to do, for a ring may have been lost
        wait_for_listener(shared)
        while waiter.woken.acquire(blocking=False):
            pass
        posted(shared)
        assert waiter.was_woken()


def test_a_shared_bell_without_a_database_lets_the_worker_look_again() -> None:
    notifier = PostgresNotifier("postgresql+psycopg://nobody@127.0.0.1:1/nothing", lambda: False)
    notifier.wait(0.01)
    notifier.close()


def kill_listeners(database: Database) -> None:
    with database.engine.begin() as connection:
        assert connection.exec_driver_sql(KILL).all() == [(True,)]


def wait_for_listener(database: Database) -> None:
    """Return once a listener is connected again."""
    pause = threading.Event()
    for _ in range(int(SOON / 0.02)):
        with database.engine.connect() as connection:
            if connection.exec_driver_sql(COUNT).scalar():
                return
        pause.wait(0.02)
    raise AssertionError("nobody listens")


def test_a_bell_that_was_closed_holds_no_connection(shared: Database) -> None:
    notifier = PostgresNotifier(shared.engine.url.render_as_string(hide_password=False), lambda: False)
    notifier.wait(LONG)
    notifier.close()
    notifier.close()
    pause = threading.Event()
    for _ in range(int(SOON / 0.02)):  # PostgreSQL notices it in its own time
        with shared.engine.connect() as connection:
            if not connection.exec_driver_sql(COUNT).scalar():
                return
        pause.wait(0.02)
    raise AssertionError("the connection is still there")
