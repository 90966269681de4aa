"""Upserts: one row for a key, whoever inserts it, on either database."""

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from microblog.browser_state import BrowserState
from microblog.db import Database, insert_if_absent, upsert
from microblog.limits import Allowance
from support.clock import NOON


def rows(session: Session) -> dict[str, int]:
    return {row.key: row.full_at for row in session.execute(select(Allowance.key, Allowance.full_at))}


def test_a_row_is_inserted_or_updated(database: Database) -> None:
    with database.writing() as session:
        for full_at in (1, 2):
            session.execute(upsert(session, Allowance, {"key": "a", "full_at": full_at}, {"full_at": full_at}))
            assert rows(session) == {"a": full_at}


def test_an_update_may_add_what_was_to_be_inserted_to_what_is_there(database: Database) -> None:
    several = [{"key": "a", "full_at": 10}, {"key": "b", "full_at": 20}]
    with database.writing() as session:
        session.add(Allowance(key="a", full_at=1))
        session.flush()
        session.execute(upsert(session, Allowance, several, lambda new: {"full_at": Allowance.full_at + new.full_at}))
        assert rows(session) == {"a": 11, "b": 20}


def test_a_row_for_which_the_condition_does_not_hold_is_left_and_not_returned(database: Database) -> None:
    with database.writing() as session:
        session.add_all([Allowance(key="low", full_at=1), Allowance(key="high", full_at=9)])
        session.flush()
        several = [{"key": key, "full_at": 5} for key in ("low", "high", "new")]
        raised = upsert(session, Allowance, several, {"full_at": 5}, where=Allowance.full_at < 5)
        assert set(session.scalars(raised.returning(Allowance.key))) == {"low", "new"}
        assert rows(session) == {"low": 5, "high": 9, "new": 5}


def test_rows_may_come_of_a_select(database: Database) -> None:
    columns = Allowance.key.label("key"), literal("me").label("owner"), literal(NOON).label("expires_at")
    of_select = select(*columns).where(Allowance.key == "a")
    with database.writing() as session:
        session.execute(upsert(session, BrowserState, of_select, {"owner": "me"}))
        assert session.scalars(select(BrowserState.key)).all() == []
        session.add(Allowance(key="a", full_at=1))
        session.flush()
        session.execute(upsert(session, BrowserState, of_select, {"owner": "me"}))
        assert session.scalars(select(BrowserState.owner)).all() == ["me"]


def test_a_row_that_is_there_already_is_not_inserted_again(database: Database) -> None:
    with database.writing() as session:
        adding = [
            insert_if_absent(session, Allowance, {"key": "a", "full_at": full_at}).returning(Allowance.full_at)
            for full_at in (1, 2)
        ]
        assert [session.scalar(each) for each in adding] == [1, None]
        assert rows(session) == {"a": 1}
