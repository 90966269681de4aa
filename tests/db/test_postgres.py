"""A PostgreSQL that hangs or is started again: no wait without an end, and no error once it is back."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from journeys.trial import wait_for
from microblog.db import Database
from microblog.db.postgres import (
    CURRENT_BOUNDS,
    PING_SECONDS,
    TCP,
    Bounds,
    NoAnswer,
    connection_parameters,
    no_time_limit,
    time_limit,
)
from microblog.limits import Allowance
from microblog.mail.notifier import PostgresNotifier
from support.hanging import hanging
from support.postgres import Postgres

PATIENT = 30  # seconds after which a test gives up on what should have ended by itself
T = TypeVar("T")


@pytest.fixture
def url(own_postgres: Postgres) -> Iterator[str]:
    with own_postgres.fresh() as made:
        yield made


@pytest.fixture
def pg(url: str) -> Iterator[Database]:
    with closing(Database(url)) as made:
        yield made


def meanwhile(act: Callable[[], T]) -> T:
    """Return what `act` returns in a thread of its own, or fail where it does not end."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(act).result(PATIENT)
    finally:
        pool.shutdown(wait=False)


def ask(database: Database, words: str = "SELECT 1") -> object:
    with database.reading() as session:
        return session.scalar(text(words))


def refusal_of(act: Callable[[], object]) -> Exception:
    """Return the driver's error that `act` ends with."""
    with pytest.raises(DBAPIError) as raised:
        meanwhile(act)
    assert isinstance(raised.value.orig, Exception)
    return raised.value.orig


def test_a_question_to_a_server_that_hangs_is_given_up(own_postgres: Postgres, pg: Database) -> None:
    with pg.reading() as session:
        session.scalar(text("SELECT 1"))
        with hanging(own_postgres):
            assert isinstance(refusal_of(lambda: session.scalar(text("SELECT 2"))), NoAnswer)
    assert ask(pg) == 1


@pytest.mark.parametrize("kept", [True, False], ids=["a kept connection", "a new one"])
def test_a_transaction_on_a_server_that_hangs_is_not_begun(own_postgres: Postgres, pg: Database, kept: bool) -> None:
    if kept:
        ask(pg)
    with hanging(own_postgres):
        refusal_of(lambda: ask(pg))
    assert ask(pg) == 1


def add_at_once(database: Database, key: str) -> None:
    """Make a change that is committed as soon as it is made."""
    with database.autocommit() as connection:
        connection.execute(insert(Allowance), {"key": key, "full_at": 1})


def test_a_change_on_a_server_that_hangs_is_given_up(own_postgres: Postgres, pg: Database) -> None:
    add_at_once(pg, "a")
    with hanging(own_postgres):
        refusal_of(lambda: add_at_once(pg, "b"))
    add_at_once(pg, "c")


def test_while_one_asks_a_server_that_hangs_all_others_are_refused_before_that(
    own_postgres: Postgres, pg: Database
) -> None:
    with hanging(own_postgres):
        refusal_of(lambda: ask(pg))
        with ThreadPoolExecutor(1) as one:
            asking = one.submit(refusal_of, lambda: ask(pg))
            wait_for(pg._watchdog._asking.locked)
            assert isinstance(refusal_of(lambda: ask(pg)), NoAnswer)
            assert not asking.done()
            asking.result(PATIENT)


def test_whoever_has_little_time_waits_no_longer(own_postgres: Postgres, pg: Database) -> None:
    ask(pg)
    ended = threading.Event()

    def hurry() -> None:
        with time_limit(PING_SECONDS):
            ask(pg)

    with hanging(own_postgres):
        assert isinstance(refusal_of(hurry), NoAnswer)
        ended.set()
    assert ended.is_set()


def test_an_answer_that_takes_long_is_waited_for_while_the_server_works(pg: Database) -> None:
    assert ask(pg, "SELECT 1 FROM pg_sleep(3)") == 1


def test_no_answer_is_waited_for_longer_than_the_longest_unless_time_was_promised(pg: Database) -> None:
    """As where one process of the server is stuck and the others are not."""
    ask(pg)
    token = CURRENT_BOUNDS.set(Bounds(per_answer=0.3))
    try:
        with pytest.raises(DBAPIError, match="does not answer"):
            ask(pg, "SELECT 1 FROM pg_sleep(1)")
        with no_time_limit():
            assert ask(pg, "SELECT 1 FROM pg_sleep(1)") == 1
    finally:
        CURRENT_BOUNDS.reset(token)


def test_a_host_that_vanished_is_noticed_within_half_a_minute(pg: Database, url: str) -> None:
    with pg.engine.connect() as connection:
        line = connection.connection.driver_connection
        assert line is not None
        said = line.info.get_parameters()
    assert {name: int(said[name]) for name in TCP} == TCP
    assert TCP["keepalives_idle"] + TCP["keepalives_interval"] * TCP["keepalives_count"] <= 30


@pytest.mark.parametrize("rested", [0.0, 1.5], ids=["just used", "rested"])
def test_nobody_is_told_of_a_restart_once_the_server_is_back(
    own_postgres: Postgres, pg: Database, rested: float
) -> None:
    with pg.reading() as one, pg.reading() as other:
        assert one.scalar(text("SELECT 1")) == other.scalar(text("SELECT 1"))
    threading.Event().wait(rested)
    own_postgres.restart()
    for _ in range(3):
        assert ask(pg) == 1


def test_a_change_outlives_a_restart(own_postgres: Postgres, pg: Database) -> None:
    add_at_once(pg, "a")
    own_postgres.restart()
    add_at_once(pg, "b")
    assert ask(pg, "SELECT count(*) FROM allowances") == 2


def test_a_worker_listens_again_after_the_server_hung(own_postgres: Postgres, url: str) -> None:
    notifier = PostgresNotifier(url, lambda: False)
    with hanging(own_postgres):
        assert meanwhile(lambda: notifier.wait(1)) is False
    assert meanwhile(lambda: notifier.wait(1)) is True, "it listens, and letters may have come"
    notifier.close()


def test_a_worker_listens_whatever_signs_the_password_has(url: str, own_postgres: Postgres) -> None:
    password = "spaces and + % / @ : signs"
    with psycopg.connect(**connection_parameters(url), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE odd LOGIN PASSWORD '{password}'")
    spelled = "spaces and + %25 / %40 : signs"
    notifier = PostgresNotifier(url.replace("://postgres:@", f"://odd:{spelled}@"), lambda: False)
    assert notifier._parameters["password"] == password
    assert notifier.wait(0.1) is True
    notifier.close()
    with psycopg.connect(**connection_parameters(url), autocommit=True) as connection:
        connection.execute("DROP ROLE odd")
