"""Fixtures: every test that asks for `database_url` or what is made of it runs on SQLite and on PostgreSQL."""

import gc
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from argon2 import PasswordHasher

from microblog import schema
from microblog.auth import passwords
from microblog.db import Database
from support.clock import HeldClock
from support.postgres import Postgres
from support.running import RunningSite
from support.smtp_server import SmtpServer

CHEAP_ARGON2 = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PAGES = ("tests/web/", "tests/screens/", "tests/cli/", "tests/profiles/", "tests/error_reports/")
"""Tests that go through the same pages and commands on either database: each runs on one, chosen by its name."""
ON_BOTH = re.compile(r"race|at_once|same_time|same_moment|simultaneous|locked|restart|hang|full_disk|clock|limits")
"""What a database decides, in files of those: these run on both."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make test-all` run every test on both databases."""
    parser.addoption("--all-databases", action="store_true", help="run tests of pages on both databases, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run a test of a page on one database, the same one each time."""
    if config.getoption("--all-databases"):
        return
    left_out = {item for item in items if is_left_out(item)}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def is_left_out(item: pytest.Item) -> bool:
    """Tell whether the other database was chosen for this test."""
    called = getattr(item, "callspec", None)
    kind = called.params.get("database_url") if called else None
    if kind is None or not item.nodeid.startswith(PAGES) or ON_BOTH.search(item.nodeid):
        return False
    name = item.nodeid.replace("postgresql", "").replace("sqlite", "")
    return str(kind) != ("sqlite", "postgresql")[zlib.crc32(name.encode()) % 2]


def pytest_collection_finish() -> None:
    """Have the collector of garbage not look at eight thousand tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def cheap_argon2(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hash passwords with the least work argon2 allows, except in files marked `real_argon2`."""
    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("real_argon2"):
            patch.setattr(passwords, "hasher", CHEAP_ARGON2)
        passwords.nobodys_hash.cache_clear()
        yield
    passwords.nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the whole run."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL server that no other test uses, to be stopped and started."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database: the test runs once on each kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "microblog.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.fresh() as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> HeldClock:
    """A clock that stands still."""
    return HeldClock()


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A trial with its local mailbox, site and worker running."""
    running = RunningSite(tmp_path / "data", database_url).start()
    yield running
    running.stop()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A mail server without TLS, on this computer."""
    server = SmtpServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> trustme.CA:
    """A certificate authority of our own."""
    return trustme.CA()


@pytest.fixture(scope="session")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its certificate, for MAIL_CA_FILE."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path
