"""A site with some life in it, on both databases, for tests that walk all of it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from security.town import Town, settle
from support.postgres import Postgres
from support.running import RunningSite

ENVIRON = {"ADMINS": "carol@example.com"}


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The site, its people, and their letters. Nobody delivers any more; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("town")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'microblog.db')}"
    with ExitStack() as stack:
        site = RunningSite(folder, url, ENVIRON)
        stack.callback(site.stop)
        yield settle(site.start())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def each_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a fresh, migrated database of each kind, for all tests of a file."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('each') / 'microblog.db')}"
    else:
        server = request.getfixturevalue("postgres")
        assert isinstance(server, Postgres)
        with server.fresh() as url:
            yield url


@pytest.fixture(scope="module")
def each_town(each_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The same as `town`, on each database."""
    with ExitStack() as stack:
        site = RunningSite(tmp_path_factory.mktemp("town"), each_url, ENVIRON)
        stack.callback(site.stop)
        yield settle(site.start())
