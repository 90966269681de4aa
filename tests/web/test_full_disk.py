"""A full disk: nothing more can be written, and the site says so, keeps what was typed, and goes on later."""

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from microblog.db import Database
from microblog.mail import Email
from microblog.registration.models import SignUp
from support.running import PASSWORD, Process, free_port, start, wait_for_site
from support.visitor import Visitor

FIELDS = {"username": "alice", "email": "alice@example.com", "password": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def process(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[Process, str]]:
    """The real command, which limits can be set for, and where it answers."""
    shutil.copy(sqlite_template, tmp_path / "microblog.db")
    port = free_port()
    base = f"http://localhost:{port}"
    environ = {"MICROBLOG_DATA": str(tmp_path), "PUBLIC_URL": base}
    running = start("web", tmp_path / "log", environ, "--port", str(port))
    wait_for_site(base, running)
    yield running, base
    running.kill()


@contextmanager
def full_disk(process: Process) -> Iterator[None]:
    """Let its processes make no file any larger, as if there were no room."""
    usual = resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE)
    children = process.children()
    for pid in children:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, usual[1]))
    yield
    for pid in children:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)


def kept(folder: Path) -> tuple[int, int]:
    """How many sign-ups and letters there are."""
    database = Database(f"sqlite:///{folder / 'microblog.db'}")
    with database.reading() as db:
        found = [db.scalar(select(func.count()).select_from(table)) or 0 for table in (SignUp, Email)]
    database.close()
    return found[0], found[1]


def test_a_full_disk_loses_nothing_that_was_typed_and_leaves_nothing_half_written(
    process: tuple[Process, str], tmp_path: Path
) -> None:
    running, base = process
    visitor = Visitor(base)
    form = {**FIELDS, "csrf_token": visitor.token_in(visitor.get("/register"))}
    with full_disk(running):
        answers = {"/register": visitor.post("/register", form)}
        for path, field in (("/login", "username"), ("/reset_password_request", "email")):
            answers[path] = visitor.submit(path, follow=True, **{field: "alice", "password": PASSWORD})
            assert answers[path].value_of(field) == "alice"
        assert visitor.get("/login").status == 200
    for answer in answers.values():
        assert answer.status == 503
        assert "could not save this" in answer.words
        assert PASSWORD not in answer.text
    assert answers["/register"].value_of("email") == "alice@example.com"
    assert kept(tmp_path) == (0, 0)
    assert visitor.post("/register", form, follow=False).status == 303
    assert kept(tmp_path) == (1, 1)
