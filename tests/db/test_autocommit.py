"""Changes that are committed as soon as they are made, on both databases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pytest
from sqlalchemy import BigInteger, Insert, Table, Update, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from microblog.audit.models import Event
from microblog.db import Database
from microblog.limits import Allowance
from support.clock import NOON

TABLE, EVENTS = cast("Table", Allowance.__table__), cast("Table", Event.__table__)
ADD = insert(TABLE).values(key=bindparam("row"), full_at=bindparam("moment"))
MOVE = update(TABLE).where(TABLE.c.full_at < bindparam("below", type_=BigInteger)).values(full_at=bindparam("moment"))
NOTE = insert(EVENTS).values(account_id=bindparam("whose"), kind="a kind", at=bindparam("now"))


@dataclass
class Marks:
    database: Database

    def make(self, statement: Update | Insert, values: Mapping[str, object]) -> int:
        with self.database.autocommit() as connection:
            return connection.execute(statement, values).rowcount

    def rows(self) -> list[tuple[str, int]]:
        with self.database.reading() as session:
            return [
                (key, full_at) for key, full_at in session.execute(select(TABLE.c.key, TABLE.c.full_at).order_by("key"))
            ]


@pytest.fixture
def marks(database: Database) -> Marks:
    return Marks(database)


def add(marks: Marks, *keys: str) -> None:
    for key in keys:
        marks.make(ADD, {"row": key, "moment": 1})


def write_and_raise(database: Database) -> None:
    with database.writing() as session:
        session.add(Allowance(key="b", full_at=1))
        session.flush()
        raise LookupError


def read_and_write(database: Database) -> None:
    with database.reading() as session:
        session.add(Allowance(key="c", full_at=1))
        session.flush()


def test_each_change_is_committed_before_the_next(marks: Marks) -> None:
    add(marks, "a")
    assert marks.rows() == [("a", 1)]
    add(marks, "b")
    assert marks.rows() == [("a", 1), ("b", 1)]


def test_a_change_says_how_many_rows_it_met(marks: Marks) -> None:
    add(marks, "a", "b", "c")
    assert [marks.make(MOVE, {"below": below, "moment": 5}) for below in (5, 5, 9)] == [3, 0, 3]


def test_an_error_is_sqlalchemys_and_tells_no_value_and_the_next_change_is_made(marks: Marks) -> None:
    add(marks, "alice@example.com")
    with pytest.raises(IntegrityError) as refused:
        add(marks, "alice@example.com")
    assert "alice" not in str(refused.value)
    assert "alice" not in str(refused.value.orig)
    add(marks, "b")
    assert len(marks.rows()) == 2


def test_foreign_keys_hold_and_moments_are_kept_in_utc(marks: Marks) -> None:
    with pytest.raises(DBAPIError):
        marks.make(NOTE, {"whose": 404, "now": NOON})
    with pytest.raises(StatementError, match="without a time zone"):
        marks.make(NOTE, {"whose": 404, "now": NOON.replace(tzinfo=None)})


def test_transactions_around_it_stay_what_they_are(marks: Marks) -> None:
    """One connection serves all in turn: it must not stay read-only, nor commit by itself."""
    assert marks.rows() == []
    add(marks, "a")
    with pytest.raises(LookupError):
        write_and_raise(marks.database)
    with pytest.raises(DBAPIError):
        read_and_write(marks.database)
    assert marks.rows() == [("a", 1)]
