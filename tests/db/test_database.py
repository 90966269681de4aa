"""The database behaves the same on SQLite and on PostgreSQL, and keeps what it is told."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from journeys.trial import wait_for
from microblog.audit.models import Event
from microblog.db import Database, Utc, sqlite_file
from microblog.db.database import SHORT_TIMEOUT
from microblog.identity import Account
from microblog.limits import Allowance
from support.clock import NOON

ALICE = "alice@example.com"


def account(name: str = "alice") -> Account:
    address = f"{name}@example.com"
    return Account(
        username=name, username_key=name, email=address, email_key=address, password_hash="$argon2id$", created_at=NOON
    )


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Allowance)) or 0


def write_and_raise(database: Database) -> None:
    with database.writing() as session:
        session.add_all([Allowance(key="a", full_at=1), Allowance(key="b", full_at=1)])
        session.flush()
        raise LookupError


def write_and_be_refused(database: Database) -> None:
    with database.writing() as session:
        session.add(Allowance(key="a", full_at=1))
        session.flush()
        session.add(Event(account_id=404, kind="nobody's", at=NOON))


def test_what_is_written_can_be_read(database: Database) -> None:
    with database.writing() as session:
        session.add(Allowance(key="a", full_at=1))
    assert rows(database) == 1


def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError):
        session.execute(text("INSERT INTO allowances (key, full_at) VALUES ('a', 1)"))
    with database.reading() as session, pytest.raises(DBAPIError):
        session.execute(text("DROP TABLE allowances"))
    assert rows(database) == 0


def test_a_connection_that_has_read_can_write_in_its_next_transaction(database: Database) -> None:
    for count in range(3):
        assert rows(database) == count
        with database.writing() as session:
            session.add(Allowance(key=str(count), full_at=1))


def test_a_writing_transaction_is_undone_as_a_whole_when_anything_is_raised(database: Database) -> None:
    with pytest.raises(LookupError):
        write_and_raise(database)
    assert rows(database) == 0


def test_a_refused_statement_undoes_what_came_before_it(database: Database) -> None:
    with pytest.raises(IntegrityError):
        write_and_be_refused(database)
    assert rows(database) == 0


def test_after_commit_is_told_when_others_can_see_the_rows(database: Database) -> None:
    seen: list[int] = []
    database.after_commit.append(lambda _: seen.append(rows(database)))
    with database.writing() as session:
        session.add(Allowance(key="a", full_at=1))
        session.flush()
        assert seen == []
    assert seen == [1]


def test_after_commit_is_given_the_session_with_its_notes(database: Database) -> None:
    told: list[object] = []

    def listen(session: Session) -> None:
        told.append(session.info.get("note"))

    database.after_commit.append(listen)
    with database.writing() as session:
        session.info["note"] = "a letter was posted"
    with database.writing():
        pass
    assert told == ["a letter was posted", None]


def test_after_commit_is_not_told_of_what_was_undone_nor_of_reading(database: Database) -> None:
    told: list[Session] = []
    database.after_commit.append(told.append)
    with pytest.raises(LookupError):
        write_and_raise(database)
    with pytest.raises(IntegrityError):
        write_and_be_refused(database)
    assert rows(database) == 0
    assert told == []


def test_a_row_can_be_used_after_its_transaction(database: Database) -> None:
    with database.writing() as session:
        alice = account()
        session.add(alice)
    assert (alice.id, alice.email) == (1, ALICE)


offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30), timezones=offsets)  # noqa: DTZ001 - zones are added


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=moments)
def test_any_moment_comes_back_as_the_same_one_aware_and_in_utc(database: Database, moment: datetime) -> None:
    with database.reading() as session:
        found = session.scalar(select(literal(moment, Utc())))
    assert found is not None
    assert (found, found.utcoffset(), found.tzinfo) == (moment, timedelta(0), UTC)


def test_the_moments_of_a_row_come_back_in_utc(database: Database) -> None:
    alice = account()
    alice.created_at = datetime(2026, 11, 22, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    with database.writing() as session:
        session.add(alice)
    with database.reading() as session:
        found = session.get_one(Account, alice.id)
    assert str(found.created_at) == "2026-11-21 22:30:00+00:00"
    assert found.deactivated_at is None


def test_moments_are_compared_as_moments_whatever_their_zone(database: Database) -> None:
    earlier = datetime(2026, 11, 22, 13, 0, tzinfo=timezone(timedelta(hours=2)))
    with database.writing() as session:
        session.add(account())
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Account.created_at > earlier)) == 1
        assert session.scalar(select(func.count()).where(Account.created_at <= earlier)) == 0


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = account()
    naive.created_at = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError, match="a moment without a time zone"), database.writing() as session:
        session.add(naive)
    with database.reading() as session, pytest.raises(StatementError, match="a moment without a time zone"):
        session.scalar(select(Account.id).where(Account.created_at < NOON.replace(tzinfo=None)))


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Event(account_id=404, kind="nobody's", at=NOON))


def test_what_belongs_to_a_deleted_row_goes_with_it(database: Database) -> None:
    with database.writing() as session:
        alice = account()
        session.add(alice)
        session.flush()
        session.add(Event(account_id=alice.id, kind="signed_up", at=NOON))
    with database.writing() as session:
        session.execute(text("DELETE FROM accounts"))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_many_writers_at_once_all_succeed(database: Database) -> None:
    """Each reads and then writes what it has read, which a stale view or a late lock would spoil."""
    with database.writing() as session:
        session.add(Allowance(key="count", full_at=0))
    together, errors = threading.Barrier(4), list[Exception]()

    def count_up() -> None:
        together.wait(30)
        try:
            for _ in range(10):
                with database.writing() as session:
                    found = session.scalar(select(Allowance.full_at).with_for_update()) or 0
                    session.execute(update(Allowance).values(full_at=found + 1))
        except DBAPIError as error:
            errors.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with database.reading() as session:
        assert session.scalar(select(Allowance.full_at)) == 40


def test_a_reader_is_not_kept_waiting_by_a_writer(database: Database) -> None:
    with database.writing() as session:
        session.add(Allowance(key="a", full_at=1))
        session.flush()
        assert rows(database) == 0


def test_with_autocommit_each_statement_is_seen_at_once_and_stays_when_the_next_one_fails(database: Database) -> None:
    with database.autocommit() as connection:
        connection.execute(insert(Allowance).values(key="c", full_at=1))
        assert rows(database) == 1
        with pytest.raises(IntegrityError):
            connection.execute(insert(Allowance).values(key="c", full_at=1))
        connection.execute(insert(Allowance).values(key="d", full_at=1))
    assert rows(database) == 2
    with pytest.raises(LookupError):  # the same connection is begun on again as any other
        write_and_raise(database)
    assert rows(database) == 2


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_template: Path) -> Database:
    path = tmp_path / "microblog.db"
    path.write_bytes(sqlite_template.read_bytes())
    return Database(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
    ids=["readers beside a writer", "commits survive a power cut", "foreign keys", "writers wait"],
)
def test_sqlite_is_set_up_on_every_connection(sqlite: Database, pragma: str, value: object) -> None:
    with sqlite.reading() as one, sqlite.reading() as other, sqlite.engine.connect() as third:
        found = [connection.execute(text(f"PRAGMA {pragma}")).scalar() for connection in (one, other, third)]
    sqlite.close()
    assert found == [value] * 3


def test_a_database_with_short_timeouts_is_the_same_one_and_gives_up_sooner_than_others(database: Database) -> None:
    brief = database.with_short_timeouts()
    question = "SHOW lock_timeout" if database.is_postgresql else "PRAGMA busy_timeout"
    with database.reading() as patient, brief.reading() as session:
        assert session.scalar(text(question)) in (2000, "2s")
        assert patient.scalar(text(question)) in (5000, "5s")
    assert brief.engine.url == database.engine.url
    assert brief.after_commit is database.after_commit


def test_a_sqlite_writer_takes_the_lock_before_it_looks(sqlite: Database, tmp_path: Path) -> None:
    impatient = sqlite3.connect(tmp_path / "microblog.db", timeout=0)
    with sqlite.writing() as session:
        session.scalar(select(func.count()).select_from(Allowance))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            impatient.execute("BEGIN IMMEDIATE")
    impatient.close()
    sqlite.close()


@pytest.mark.parametrize("single", [False, True], ids=["in a transaction", "at once"])
def test_sqlite_writers_of_one_process_stand_in_line(sqlite: Database, single: bool) -> None:
    order: list[int] = []

    def write(number: int) -> None:
        if single:
            with sqlite.in_turn():
                order.append(number)
        else:
            with sqlite.writing() as session:
                session.connection()
                order.append(number)

    with sqlite.writing() as session, ThreadPoolExecutor(4) as pool:
        session.connection()
        for number in range(4):
            pool.submit(write, number)
            wait_for(lambda number=number: len(sqlite._write_lock._queue) > number)  # type: ignore[misc]
        assert order == []
        session.commit()
        sqlite._write_lock.release()
    assert order == [0, 1, 2, 3]
    sqlite.close()


def test_a_sqlite_writer_with_short_timeouts_spends_its_timeout_only_once(sqlite: Database) -> None:
    """It queues, and then for SQLite's lock; both together no longer than said."""
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with sqlite.writing() as session:
            session.connection()
            begun.set()
            go_on.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait(10)
    began = time.monotonic()
    with pytest.raises(DBAPIError, match="locked"), sqlite.with_short_timeouts().writing() as session:
        session.connection()
    took = time.monotonic() - began
    go_on.set()
    holder.join(10)
    with sqlite.with_short_timeouts().writing() as session:
        session.connection()
    sqlite.close()
    assert SHORT_TIMEOUT <= took < SHORT_TIMEOUT * 1.7


def test_a_person_at_a_prompt_does_not_keep_the_lock_while_thinking(sqlite: Database) -> None:
    with sqlite.engine.execution_options(lazy=True).connect() as prompt, Session(prompt) as thinking:
        assert thinking.scalar(select(func.count()).select_from(Allowance)) == 0
        with sqlite.writing() as session:
            session.add(Allowance(key="a", full_at=1))
    assert rows(sqlite) == 1
    sqlite.close()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///blog.db", Path("blog.db")),
        ("sqlite:////srv/blog.db", Path("/srv/blog.db")),
        ("postgresql+psycopg://u:p@db.example/blog", None),
    ],
)
def test_the_file_of_a_database(url: str, path: Path | None) -> None:
    assert sqlite_file(url) == path


def test_only_postgresql_is_postgresql(database: Database, database_url: str) -> None:
    assert database.is_postgresql is database_url.startswith("postgresql")


def test_several_that_open_a_new_sqlite_file_at_once_all_can(tmp_path: Path) -> None:
    for number in range(40):  # a file is new only once, and the moment is short
        start = threading.Barrier(4)

        def opened(file: Path = tmp_path / f"{number}.db", start: threading.Barrier = start) -> str:
            database = Database(f"sqlite:///{file}")
            start.wait()
            with database.reading() as session:
                mode = str(session.scalar(text("PRAGMA journal_mode")))
            database.close()
            return mode

        with ThreadPoolExecutor(4) as crowd:
            assert [one.result() for one in [crowd.submit(opened) for _ in range(4)]] == ["wal"] * 4
