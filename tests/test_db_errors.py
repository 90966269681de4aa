"""An error of the database shows no row: a log is read by more people than the table of accounts is."""

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from microblog.accounts import Account
from microblog.db import Database
from support.clock import NOON

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


def test_an_error_does_not_show_its_parameters(database: Database) -> None:
    with pytest.raises(DBAPIError) as refused, database.reading() as session:
        session.execute(text("SELECT * FROM nowhere WHERE email = :email"), {"email": ALICE})
    assert "nowhere" in str(refused.value)
    assert ALICE not in shown(refused.value)
