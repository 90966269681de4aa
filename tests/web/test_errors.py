"""Every kind of error has a page of its own, keeps what was typed, and leaves nothing half done."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from flask import abort
from sqlalchemy import event, func, select, text
from werkzeug.exceptions import TooManyRequests

from microblog.audit import EventType
from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.identity import Account
from microblog.limits import Allowance
from microblog.mail import Email
from microblog.registration.models import SignUp
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Visitor
from web.recovering import noted

FORMS = {
    "/register": {"username": "newcomer", "email": "new@example.com", "password": PASSWORD, "password2": PASSWORD},
    "/login": {"username": "alice", "password": PASSWORD},
    "/reset_password_request": {"email": "alice@example.com"},
}
TABLES = (Account, SignUp, SignInSession, Event, Email, Allowance)


@pytest.fixture(scope="module")
def broken_site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[RunningSite]:
    """A site with a member, and with pages that go wrong in every way."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    site = RunningSite(folder, f"sqlite:///{path}")
    site.app.add_url_rule("/broken/<int:status>", view_func=go_wrong)
    site.start()
    site.sign_up("alice")
    site.worker.stop()
    site._threads[1].join(10)
    yield site
    site.stop()


def go_wrong(status: int) -> NoReturn:
    """A page that fails as it is told."""
    if status == 429:
        raise TooManyRequests(retry_after=120)
    if status == 500:
        raise RuntimeError("the secret of the house")
    abort(status)


def rows(site: RunningSite) -> list[int]:
    """How many rows each table has."""
    with site.database.reading() as db:
        return [db.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/broken/400", 400, "We did not understand that"),
        ("/broken/403", 403, "This is not yours to see"),
        ("/no/such/page", 404, "There is no such page"),
        ("/static/no.css", 404, "There is no such page"),
        ("/registers", 404, "There is no such page"),
        ("/%00%ff%fe", 404, "There is no such page"),
        ("/logout", 405, "That does not work here"),
        ("/broken/413", 413, "That is too large"),
        ("/broken/415", 415, "We did not understand that"),
        ("/broken/418", 418, "I'm a Teapot"),
        ("/broken/429", 429, "That was too often"),
        ("/broken/500", 500, "Something went wrong here"),
        ("/broken/501", 501, "Not Implemented"),
        ("/broken/503", 503, "We are catching our breath"),
    ],
)
def test_each_error_has_its_own_page_with_a_way_on(
    broken_site: RunningSite, path: str, status: int, title: str
) -> None:
    answer = broken_site.visitor().get(path)
    assert (answer.status, answer.title) == (status, title)
    assert f"Error {status}" in answer.words
    assert 'href="/index"' in answer.text or 'href="/"' in answer.text
    assert "{" not in answer.words


def test_an_error_page_says_how_long_to_wait_and_which_methods_work(broken_site: RunningSite) -> None:
    visitor = broken_site.visitor()
    too_often = visitor.get("/broken/429")
    assert too_often.headers["Retry-After"] == "120"
    assert "Please wait 2 minutes" in too_often.words
    assert "POST" in visitor.get("/logout").headers["Allow"]
    for method in ("PUT", "DELETE", "PATCH", "WHATEVER"):
        assert visitor.ask(method, "/login").status == 405


def test_a_fault_of_ours_is_logged_and_not_shown(broken_site: RunningSite, caplog: pytest.LogCaptureFixture) -> None:
    answer = broken_site.visitor().get("/broken/500")
    assert "secret of the house" not in answer.text
    assert "Traceback" not in answer.text
    assert "secret of the house" in caplog.text


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", ["missing", "nonsense", "of another browser"])
def test_a_form_without_its_token_is_refused_and_what_was_typed_kept(
    broken_site: RunningSite, path: str, token: str
) -> None:
    visitor, before = broken_site.visitor(), rows(broken_site)
    visitor.get(path)
    other = broken_site.visitor()
    tokens = {"missing": "", "nonsense": "x", "of another browser": other.token_in(other.get(path))}
    answer = visitor.post(path, {**FORMS[path], "csrf_token": tokens[token]})
    assert answer.status == 400
    assert "open for too long" in answer.words
    for field, typed in FORMS[path].items():
        assert answer.value_of(field) == (None if "password" in field else typed)
    assert PASSWORD not in answer.text
    assert rows(broken_site) == before
    sent_again = {**FORMS[path], "csrf_token": visitor.token_in(answer), "password2": "not the same"}
    assert visitor.post(path, sent_again).status != 400


@pytest.mark.parametrize("referer", ["/register/finish", "/reset_password"])
def test_the_buttons_of_letters_need_their_token_too(site: RunningSite, referer: str) -> None:
    site.sign_up("alice")
    if referer == "/reset_password":
        site.visitor().submit("/reset_password_request", email="alice")
    else:
        fields = {"username": "bob", "email": "bob@example.com", "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
        site.visitor().submit("/register", follow=True, **fields)
    visitor = site.visitor()
    page = visitor.get(link_in(site.letters(2)[-1].text))
    assert page.path == referer
    if referer == "/reset_password":
        noted(site, EventType.RESET_LINK_OPENED)  # which is written once the page has left
    before = rows(site)
    answer = visitor.post(referer, {"password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert (answer.status, answer.title) == (400, page.title)
    assert rows(site) == before
    fields = {"csrf_token": visitor.token_in(answer), "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert visitor.post(referer, fields).path == "/login"


def test_signing_out_without_a_token_signs_nobody_out(broken_site: RunningSite) -> None:
    visitor = broken_site.visitor()
    visitor.sign_in("alice", PASSWORD)
    answer = visitor.post("/logout", {})
    assert (answer.status, answer.title) == (400, "Please send that again")
    assert visitor.signed_in_as() == "alice"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a b", "[::1", "127.0.0.2", "*"])
def test_another_host_name_gets_a_page_that_says_so(broken_site: RunningSite, host: str) -> None:
    for path in ("/login", "/no/such/page", "/static/css/base.css"):
        answer = broken_site.visitor().ask("GET", path, headers={"Host": host})
        assert answer.status == 400
        assert "answers under one address only" in answer.words
        assert host not in answer.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("size", [65 * 1024, 1024 * 1024])
def test_a_body_that_is_too_large_gets_its_page_and_changes_nothing(broken_site: RunningSite, size: int) -> None:
    visitor, before = broken_site.visitor(), rows(broken_site)
    for path in (*FORMS, "/logout", "/reset_password", "/register/finish"):
        answer = visitor.post(path, {"username": "a" * size})
        assert (answer.status, answer.title) == (413, "That is too large"), path
    assert rows(broken_site) == before


@pytest.fixture
def sqlite_site(tmp_path: Path, sqlite_template: Path) -> Iterator[RunningSite]:
    """A site on SQLite with a member, delivering nothing, whose database waits for a lock only a moment."""
    path = shutil.copy(sqlite_template, tmp_path / "microblog.db")
    site = RunningSite(tmp_path, f"sqlite:///{path}")
    event.listen(site.database.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    site.start()
    site.sign_up("alice")
    site.worker.stop()
    site._threads[1].join(10)
    yield site
    site.stop()


@contextmanager
def locked(site: RunningSite) -> Iterator[None]:
    """Hold the one lock that SQLite gives to a writer."""
    with site.database.writing() as writer:
        writer.execute(text("DELETE FROM allowances WHERE key = ''"))
        yield


def opened(site: RunningSite) -> dict[str, tuple[Visitor, dict[str, str]]]:
    """Every form, open in a browser and filled in."""
    found = {}
    for path, fields in FORMS.items():
        visitor = site.visitor()
        found[path] = visitor, {**fields, "csrf_token": visitor.token_in(visitor.get(path))}
    return found


def test_a_locked_database_keeps_what_was_typed_and_writes_nothing(sqlite_site: RunningSite) -> None:
    forms, before = opened(sqlite_site), rows(sqlite_site)
    with locked(sqlite_site):
        for path, (visitor, fields) in forms.items():
            answer = visitor.post(path, fields)
            assert answer.status == 503, path
            assert "could not save this" in answer.words
            assert all(answer.value_of(name) == FORMS[path][name] for name in FORMS[path] if "password" not in name)
            assert PASSWORD not in answer.text
    assert rows(sqlite_site) == before
    for path, (visitor, fields) in forms.items():
        assert visitor.post(path, fields, follow=False).status == 303, path


def test_a_locked_database_keeps_a_member_signed_in_who_wanted_out(sqlite_site: RunningSite) -> None:
    visitor = sqlite_site.visitor()
    visitor.sign_in("alice", PASSWORD)
    token = visitor.token_in(visitor.get("/index"))
    with locked(sqlite_site):
        answer = visitor.post("/logout", {"csrf_token": token})
    assert (answer.status, answer.title) == (503, "We are catching our breath")
    assert answer.headers["Retry-After"]
    assert visitor.signed_in_as() == "alice"


def test_a_database_file_of_garbage_is_told_to_the_operator_and_not_to_the_visitor(
    sqlite_site: RunningSite, caplog: pytest.LogCaptureFixture
) -> None:
    forms = opened(sqlite_site)
    member = sqlite_site.visitor()
    member.sign_in("alice", PASSWORD)
    break_file(sqlite_site)
    caplog.set_level(logging.ERROR)
    answers = [visitor.post(path, fields) for path, (visitor, fields) in forms.items()]
    answers += [member.get("/index"), member.get("/login"), sqlite_site.visitor().get("/healthz")]
    for answer in answers:
        assert answer.status == 503
        assert "Traceback" not in answer.text
        assert "sqlite" not in answer.text.lower()
    assert "file is not a database" in caplog.text
    assert sqlite_site.visitor().get("/login").status == 200  # it needs no database


def break_file(site: RunningSite) -> None:
    """Let go of the database, and put something else in its place."""
    site.database.engine.dispose()
    path = Path(str(site.database.engine.url.database))
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    path.write_bytes(b"no database at all " * 1000)
