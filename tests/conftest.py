"""Fixtures: what asks for `database_url`, or for what is made of it, runs on SQLite, on PostgreSQL, or on both."""

import gc
import re
import shutil
import zlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
import trustme
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from microblog import schema
from microblog.auth import passwords
from microblog.db import Database
from support.browser import launched_browser
from support.clock import HeldClock
from support.postgres import Postgres
from support.routing import remember_builders
from support.running import RunningSite
from support.smtp_server import SmtpServer

CHEAP_ARGON2 = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ON_BOTH = re.compile(
    r"tests/(test_\w+\.py|(backup|mail|ops|timeline)/)"
    r"|(?<![a-z])(races?|at_once|same_time|same_moment|simultaneous|together|restart|hang|full_disk|clock|limits|search)"
    r"|test_locked|test_lookup"
)
"""What a database decides, by folder or by name: these run on both. Any other test runs on one, chosen by its name."""


STARTS_PROCESSES = re.compile(r"tests/(journeys|screens)/|tests/backup/test_after_a_crash")
"""Files of tests that start the program or a browser, and often wait for it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make test-all` run every test on both databases."""
    parser.addoption("--all-databases", action="store_true", help="run every test on both databases")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run a test for which either database will do on one, the same one each time; and mix the files."""
    left_out = {item for item in items if not config.getoption("--all-databases") and is_left_out(item)}
    items[:] = mixed([item for item in items if item not in left_out])
    config.hook.pytest_deselected(items=list(left_out))


def mixed(items: list[pytest.Item]) -> list[pytest.Item]:
    """Put the files that start processes evenly among the others: side by side, they would keep each other waiting."""
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.nodeid.partition("::")[0])]
    kinds = [[file for file in files if bool(STARTS_PROCESSES.match(file[0].nodeid)) is kind] for kind in (False, True)]
    placed = [(number / len(kind), file) for kind in kinds for number, file in enumerate(kind)]
    return [item for _, file in sorted(placed, key=lambda one: one[0]) for item in file]


def is_left_out(item: pytest.Item) -> bool:
    """Tell whether the other database was chosen for this test, or for its file where the tests share one."""
    called = getattr(item, "callspec", None)
    given = called.params if called else {}
    kind, name = given.get("database_url"), re.sub("sqlite|postgresql", "", item.nodeid)
    if kind is None:
        kind, name = given.get("each_url"), item.nodeid.partition("::")[0]
    if kind is None or ON_BOTH.search(item.nodeid):
        return False
    return str(kind) != ("sqlite", "postgresql")[zlib.crc32(name.encode()) % 2]


def pytest_collection_finish() -> None:
    """Have the collector of garbage not look at eight thousand tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def cheap_routing() -> Iterator[None]:
    """Compile each address of the site once for all sites of this process."""
    with pytest.MonkeyPatch.context() as patch:
        remember_builders(patch)
        yield


@pytest.fixture(autouse=True, scope="module")
def cheap_argon2(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hash passwords with the least work argon2 allows, except in files marked `real_argon2`."""
    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("real_argon2"):
            patch.setattr(passwords, "hasher", CHEAP_ARGON2)
        passwords.dummy_hash.cache_clear()
        yield
    passwords.dummy_hash.cache_clear()


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
    """The URL of a fresh, migrated database."""
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
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; each test opens a context of its own in it."""
    with launched_browser() as launched:
        yield launched


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
