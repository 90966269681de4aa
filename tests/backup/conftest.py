"""A second database of each kind, to restore to."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import Result

from microblog.db import Database
from support.commands import run_command

Run = Callable[..., Result]


@pytest.fixture(params=["to sqlite", "to postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[str]:
    """The URL of another database with no rows, of each kind."""
    if request.param == "to sqlite":
        (tmp_path / "target").mkdir()
        yield f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'target' / 'microblog.db')}"
    else:
        server = request.getfixturevalue("postgres")
        with server.fresh() as url:
            yield url


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Run:
    """Runs a command on the database of the test, or on another."""

    def run(words: str, url: str = database_url) -> Result:
        return run_command(words, {"MICROBLOG_DATA": str(tmp_path / "data"), "DATABASE_URL": url})

    return run


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens databases, and closes them in the end."""
    with ExitStack() as stack:

        def opened(url: str) -> Database:
            database = Database(url)
            stack.callback(database.close)
            return database

        yield opened
