"""A developer types `alembic`, or `microblog db revise`: the same steps, forwards and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from microblog import schema
from microblog.db import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database without a table, and the environment of whoever works on it by hand."""
    monkeypatch.setenv("MICROBLOG_DATA", str(tmp_path / "data"))
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{tmp_path}/empty.db", monkeypatch)
    else:
        with request.getfixturevalue("postgres").fresh(empty=True) as url:
            yield from opened(url, monkeypatch)


def opened(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", url)
    database = Database(url)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), schema.METADATA))


def test_every_step_can_be_undone_and_done_again_by_hand(empty: Database) -> None:
    command.upgrade(schema.config(), "head")
    assert differences(empty) == []
    command.downgrade(schema.config(), "base")
    assert tables(empty) == {"alembic_version"}
    assert not schema.is_current(empty)
    command.upgrade(schema.config(), "head")
    assert differences(empty) == []


def test_alembic_finds_nothing_to_add_to_the_steps(empty: Database) -> None:
    schema.upgrade(empty)
    command.check(schema.config())
