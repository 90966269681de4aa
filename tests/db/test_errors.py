"""An error of the database shows no row, and says whether trying again can help.

A log is read by more people than the table of accounts is.
"""

import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from microblog.db import Database, is_permanent_error
from microblog.identity import Account
from support.clock import NOON
from support.running import free_port

ALICE = "alice@example.com"
HASH = "$argon2id$v=19$the-hash"


def account() -> Account:
    return Account(
        username="alice", username_key="alice", email=ALICE, email_key=ALICE, password_hash=HASH, created_at=NOON
    )


def shown(error: BaseException) -> str:
    """All of an error that a log shows, its causes included."""
    return "".join(traceback.format_exception(error)) + repr(error)


def write(database: Database, *rows: object) -> None:
    with database.writing() as session:
        session.add_all(rows)


def test_an_error_about_a_row_that_is_there_already_does_not_show_the_row(database: Database) -> None:
    write(database, account())
    with pytest.raises(DBAPIError) as refused:
        write(database, account())
    assert "accounts" in str(refused.value)
    assert ALICE not in shown(refused.value)


def test_an_error_about_a_row_that_lacks_something_does_not_show_the_rest(database: Database) -> None:
    lacking = account()
    lacking.created_at = None  # type: ignore[assignment]
    with pytest.raises(DBAPIError) as refused:
        write(database, lacking)
    assert "created_at" in str(refused.value)
    assert ALICE not in shown(refused.value)
    assert HASH not in shown(refused.value)


def error_of(act: Callable[[], object]) -> SQLAlchemyError:
    with pytest.raises(SQLAlchemyError) as raised:
        act()
    return raised.value


def ask(database: Database, words: str) -> None:
    with database.reading() as session:
        session.execute(text(words))


@pytest.mark.parametrize(
    "words", ["SELECT no_such_column FROM accounts", "SELECT * FROM nowhere", "SELECT * FORM accounts"]
)
def test_a_wrong_statement_is_a_permanent_error(database: Database, words: str) -> None:
    assert is_permanent_error(error_of(lambda: ask(database, words)))


def test_a_row_that_cannot_be_is_a_permanent_error(database: Database) -> None:
    write(database, account())
    assert is_permanent_error(error_of(lambda: write(database, account())))


def test_a_value_that_cannot_be_is_a_permanent_error(database: Database) -> None:
    noon_somewhere = account()
    noon_somewhere.created_at = NOON.replace(tzinfo=None)
    assert is_permanent_error(error_of(lambda: write(database, noon_somewhere)))


def test_a_database_that_is_locked_is_no_permanent_error(database: Database) -> None:
    brief = database.with_short_timeouts()
    with database.writing() as session:
        session.execute(text("LOCK TABLE accounts" if database.is_postgresql else "DELETE FROM accounts"))
        assert not is_permanent_error(error_of(lambda: write(brief, account())))


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/blog.db", "postgresql+psycopg://blog@127.0.0.1:{}/x"])
def test_a_database_that_is_away_is_no_permanent_error(url: str) -> None:
    with closing(Database(url.format(free_port()))) as database:
        assert not is_permanent_error(error_of(lambda: ask(database, "SELECT 1")))


def test_a_file_that_is_no_database_and_a_pool_that_is_empty_are_no_permanent_errors(tmp_path: Path) -> None:
    (tmp_path / "blog.db").write_bytes(b"no database at all " * 1000)
    with closing(Database(f"sqlite:///{tmp_path / 'blog.db'}")) as database:
        assert not is_permanent_error(error_of(lambda: ask(database, "SELECT 1")))
    assert not is_permanent_error(PoolTimeoutError())


def test_an_error_does_not_show_its_parameters(database: Database) -> None:
    with pytest.raises(DBAPIError) as refused, database.reading() as session:
        session.execute(text("SELECT * FROM nowhere WHERE email = :email"), {"email": ALICE})
    assert "nowhere" in str(refused.value)
    assert ALICE not in shown(refused.value)
