"""Locks that all processes share: each has a number of its own, and nobody waits for a lock they do not need."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog import posts, schema
from microblog.db import Database, Lock, exclusive
from microblog.mail import parse_address
from microblog.mail.provider_rate import hold as hold_budget
from microblog.registration.sign_up import just_signed_up
from support.clock import NOON
from support.community import add_member
from support.postgres import Postgres

SOURCE = Path(__file__).parents[2] / "src" / "microblog"
SOON = text("SET LOCAL lock_timeout = 300")  # milliseconds, after which who waits is told so
Act = Callable[[Session], object]


def publish(session: Session) -> object:
    return posts.add_post(session, author_id=1, text="Hello", once="a form", now=NOON)


def sign_up(session: Session) -> object:
    return just_signed_up(session, username="bob", address=parse_address("bob@example.com"), now=NOON)


TAKEN_BY: dict[Lock, Act] = {
    Lock.SCHEMA: lambda session: exclusive(session, Lock.SCHEMA),
    Lock.POST_ORDER: publish,
    Lock.MAIL_PROVIDER_RATE: hold_budget,
    Lock.SIGN_UP: sign_up,
}


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """A PostgreSQL database with one member: SQLite has one writer at a time, and no such locks."""
    with postgres.fresh() as url, closing(Database(url)) as opened:
        assert add_member(opened, "alice") == 1
        yield opened


def waits(database: Database, act: Act) -> bool:
    """Tell whether an act has to wait for another transaction."""
    try:
        with database.writing() as session:
            session.execute(SOON)
            act(session)
    except DBAPIError as error:
        if isinstance(error.orig, LockNotAvailable):
            return True
        raise
    return False


def test_no_two_locks_share_a_number() -> None:
    assert (
        len({lock.value for lock in Lock}) == len(Lock.__members__) == len(TAKEN_BY) + 1
    )  # IN_USE is no transaction's


@pytest.mark.parametrize("lock", list(TAKEN_BY))
def test_what_takes_a_lock_waits_while_another_has_it(database: Database, lock: Lock) -> None:
    with database.writing() as session:
        TAKEN_BY[lock](session)
        assert waits(database, lambda other: exclusive(other, lock, "bob@example.com" if lock is Lock.SIGN_UP else ""))


@pytest.mark.parametrize(("held", "wanted"), list(permutations(TAKEN_BY, 2)))
def test_nobody_waits_for_a_lock_they_do_not_need(database: Database, held: Lock, wanted: Lock) -> None:
    with database.writing() as session:
        exclusive(session, held)
        exclusive(session, held, "bob@example.com")
        assert not waits(database, TAKEN_BY[wanted])


def test_a_post_is_published_while_a_batch_of_emails_holds_the_budget(database: Database) -> None:
    with database.writing() as session:
        hold_budget(session)
        assert not waits(database, publish)


def test_a_database_being_migrated_waits_for_no_other_lock(database: Database) -> None:
    with database.writing() as session:
        for lock in set(Lock) - {Lock.SCHEMA}:
            exclusive(session, lock)
        assert schema.upgrade(database) == []


def test_sign_ups_with_different_addresses_do_not_wait_for_each_other(database: Database) -> None:
    with database.writing() as session:
        exclusive(session, Lock.SIGN_UP, "alice@example.com")
        assert not waits(database, sign_up)


def test_no_other_module_writes_the_number_of_a_lock() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        source = path.read_text("utf-8")
        taken = "pg_advisory" in source or "pg_try_advisory" in source
        assert not taken or path.name == "locks.py", path
        called = re.findall(r"(?<!def )\bexclusive\([^,()]+, ([^,()]+)", source)
        assert set(called) <= {f"Lock.{lock.name}" for lock in Lock}, path
