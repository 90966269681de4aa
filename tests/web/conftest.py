"""Sites for the tests of pages, beside the usual one."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.postgres import Postgres
from support.running import RunningSite


@pytest.fixture(scope="module")
def page_site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[RunningSite]:
    """A site for tests that leave no trace in it."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    running = RunningSite(folder, f"sqlite:///{path}").start(deliver=False)
    yield running
    running.stop()


@pytest.fixture
def on_postgres(tmp_path: Path, postgres: Postgres) -> Iterator[RunningSite]:
    """A trial on PostgreSQL, for what can only happen there; it is to be started."""
    with postgres.fresh() as url:
        running = RunningSite(tmp_path / "data", url)
        yield running
        running.stop()


@pytest.fixture
def site_with(tmp_path: Path, database_url: str) -> Iterator[Callable[..., RunningSite]]:
    """Makes a site with other settings. It is stopped in the end, also where the test fails."""
    with ExitStack() as stack:

        def make(**environ: str) -> RunningSite:
            made = RunningSite(tmp_path / "data", database_url, environ)
            stack.callback(made.stop)
            return made

        yield make


@pytest.fixture
def site_with_few(site_with: Callable[..., RunningSite]) -> RunningSite:
    """A site that allows two tries at a password, and two letters to one member or address."""
    few = {"LIMIT_SIGN_IN_PER_IDENTIFIER": "2/hour", "LIMIT_SIGN_UP_PER_IDENTIFIER": "2/hour"}
    return site_with(**few, LIMIT_RESET_PER_IDENTIFIER="2/hour").start()
