"""Bringing a database up to date: from nothing, again, from many at once, and back."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from microblog import schema
from microblog.db import Database

UPGRADERS = 5


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
    else:
        with request.getfixturevalue("postgres").fresh(empty=True) as url:
            yield url


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, schema.METADATA))


def test_an_upgrade_from_nothing_makes_what_the_models_say(empty: Database) -> None:
    assert len(differences(empty)) >= len(schema.TABLES)
    schema.upgrade(empty)
    assert differences(empty) == []
    assert tables(empty) == {*schema.METADATA.tables, "alembic_version"}


def test_every_table_of_the_product_is_named_here() -> None:
    assert {table.__tablename__ for table in schema.TABLES} == set(schema.METADATA.tables)


def test_an_upgrade_says_what_it_did_and_a_second_one_does_nothing(empty: Database) -> None:
    script = ScriptDirectory.from_config(schema.config())
    steps = [step.doc for step in reversed(list(script.walk_revisions()))]
    assert schema.upgrade(empty) == steps
    assert schema.upgrade(empty) == []
    assert differences(empty) == []


def test_every_step_has_words_that_say_what_it_does() -> None:
    for step in ScriptDirectory.from_config(schema.config()).walk_revisions():
        assert len(step.doc.split()) >= 3


def test_there_is_one_last_step() -> None:
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1


def test_a_database_is_current_after_the_upgrade_and_not_before(empty: Database) -> None:
    assert not schema.is_current(empty)
    assert tables(empty) == set()
    schema.upgrade(empty)
    assert schema.is_current(empty)


def test_a_database_that_lacks_a_step_is_not_current(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert not schema.is_current(database)


def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for look in (schema.is_current, schema.upgrade):
        with pytest.raises(schema.SchemaTooNew, match="newer version"):
            look(database)


def test_upgrading_from_many_at_once_applies_each_step_once(empty_url: str) -> None:
    together, done, errors = threading.Barrier(UPGRADERS), list[str](), list[Exception]()

    def upgrade() -> None:
        database = Database(empty_url)
        together.wait(30)
        try:
            done.extend(schema.upgrade(database))
        except DBAPIError as error:
            errors.append(error)
        database.close()

    threads = [threading.Thread(target=upgrade, daemon=True) for _ in range(UPGRADERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not [thread for thread in threads if thread.is_alive()]
    assert errors == []
    assert len(done) == len(set(done)) >= 1


def test_an_upgrade_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE sessions (id INTEGER)")
    with pytest.raises(DBAPIError, match="sessions"):
        schema.upgrade(empty)
    assert tables(empty) == {"sessions"}


def test_every_number_is_given_out_once(empty: Database) -> None:
    """Also where the newest row was deleted: SQLite without AUTOINCREMENT would give its number to the next."""
    schema.upgrade(empty)
    numbered = {name for name, table in schema.METADATA.tables.items() if table.autoincrement_column is not None}
    assert {"accounts", "sign_ups", "sessions", "events", "outbox", "posts"} <= numbered
    assert {
        name for name in numbered if schema.METADATA.tables[name].dialect_options["sqlite"]["autoincrement"]
    } == numbered
    if not empty.is_postgresql:
        with empty.engine.connect() as connection:
            made = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
            assert set(made.scalars()) == numbered
