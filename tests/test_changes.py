"""Changes that are committed one by one, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest
from sqlalchemy import BigInteger, Table, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from microblog.audit import Event
from microblog.changes import Changes
from microblog.db import KEPT, Database
from microblog.limits import Allowance
from support.clock import NOON

TABLE, EVENTS = cast("Table", Allowance.__table__), cast("Table", Event.__table__)
ADD = insert(TABLE).values(key=bindparam("row"), full_at=bindparam("moment"))
MOVE = update(TABLE).where(TABLE.c.full_at < bindparam("below", type_=BigInteger)).values(full_at=bindparam("moment"))
NOTE = insert(EVENTS).values(account_id=bindparam("whose"), kind="a kind", at=bindparam("now"))


@dataclass
class Desk:
    database: Database
    changes: Changes

    def rows(self) -> list[tuple[str, int]]:
        with self.database.reading() as session:
            return [
                (key, full_at) for key, full_at in session.execute(select(TABLE.c.key, TABLE.c.full_at).order_by("key"))
            ]


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    changes = Changes(database)
    yield Desk(database, changes)
    changes.rest()


def add(desk: Desk, *keys: str) -> None:
    for key in keys:
        desk.changes.make(ADD, {"row": key, "moment": 1})


def write_and_raise(database: Database) -> None:
    with database.writing() as session:
        session.add(Allowance(key="b", full_at=1))
        session.flush()
        raise LookupError


def read_and_write(database: Database) -> None:
    with database.reading() as session:
        session.add(Allowance(key="c", full_at=1))
        session.flush()


def test_each_change_is_committed_before_the_next(desk: Desk) -> None:
    add(desk, "a")
    assert desk.rows() == [("a", 1)]
    add(desk, "b")
    assert desk.rows() == [("a", 1), ("b", 1)]


def test_a_change_says_how_many_rows_it_met(desk: Desk) -> None:
    add(desk, "a", "b", "c")
    assert [desk.changes.make(MOVE, {"below": below, "moment": 5}) for below in (5, 5, 9)] == [3, 0, 3]


def test_an_error_is_sqlalchemys_and_tells_no_value_and_the_next_change_is_made(desk: Desk) -> None:
    add(desk, "alice@example.com")
    with pytest.raises(IntegrityError) as refused:
        add(desk, "alice@example.com")
    assert "alice" not in str(refused.value)
    assert "alice" not in str(refused.value.orig)
    add(desk, "b")
    assert len(desk.rows()) == 2


def test_foreign_keys_hold_and_moments_are_kept_in_utc(desk: Desk) -> None:
    with pytest.raises(DBAPIError):
        desk.changes.make(NOTE, {"whose": 404, "now": NOON})
    with pytest.raises(ValueError, match="without a time zone"):
        desk.changes.make(NOTE, {"whose": 404, "now": NOON.replace(tzinfo=None)})


def test_transactions_around_it_stay_what_they_are(desk: Desk) -> None:
    """One connection serves all in turn: it must not stay read-only, nor commit by itself."""
    assert desk.rows() == []
    add(desk, "a")
    desk.changes.rest()
    with pytest.raises(LookupError):
        write_and_raise(desk.database)
    with pytest.raises(DBAPIError):
        read_and_write(desk.database)
    assert desk.rows() == [("a", 1)]


def test_a_process_keeps_few_connections_however_many_make_changes(database: Database) -> None:
    several = [Changes(database) for _ in range(KEPT + 3)]
    for number, changes in enumerate(several):
        changes.make(ADD, {"row": str(number), "moment": 1})
    assert database.engine.pool.checkedout() == KEPT  # type: ignore[attr-defined]
    for changes in several:
        changes.rest()
        changes.rest()
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    for changes in several:
        changes.make(MOVE, {"below": 5, "moment": 2})
    assert database.engine.pool.checkedout() == KEPT  # type: ignore[attr-defined]
    for changes in several:
        changes.rest()
