"""Cookies of a real site, whoever is given one and where: for https and this host alone, not for scripts, and small."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from microblog.identity import Account
from support.members import password_hash
from support.places import places
from support.running import PASSWORD, RunningSite
from support.visitor import CSRF

BASE = "https://blog.example"
NAME = "__Host-microblog"
REAL = {
    "PUBLIC_URL": BASE,
    "TRUSTED_PROXIES": "1",
    "MAIL_SERVER": "127.0.0.1",
    "SECRET_KEY": "oKzV0uPp3J4wQn8xY7TfA2sLr6dEhBgC9mW1",
    "ADMINS": "alice@example.com",
}
PROXIED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[RunningSite]:
    """A site with a public address, behind a proxy, with one member, who is an admin."""
    folder = tmp_path_factory.mktemp("real")
    running = RunningSite(folder, f"sqlite:///{shutil.copy(sqlite_template, folder / 'microblog.db')}", REAL).start(
        deliver=False
    )
    alice = Account(
        username="alice",
        username_key="alice",
        email="alice@example.com",
        email_key="alice@example.com",
        password_hash=password_hash(),
        created_at=running.clock(),
    )
    with running.database.writing() as session:
        session.add(alice)
    yield running
    running.stop()


def ask(client: FlaskClient, method: str, path: str, **fields: str) -> TestResponse:
    """Ask over https, as a proxy would pass it on."""
    return client.open(path, method=method, base_url=BASE, headers=PROXIED, data=fields, buffered=True)


def token(client: FlaskClient) -> str:
    """The CSRF token of this browser."""
    found = CSRF.search(ask(client, "GET", "/reset_password_request").text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, **more: str) -> TestResponse:
    """Sign Alice in."""
    fields = {"csrf_token": token(client), "username": "alice", "password": PASSWORD, **more}
    return ask(client, "POST", "/login", **fields)


def given(answer: TestResponse) -> list[str]:
    """The cookies that an answer sets."""
    return answer.headers.getlist("Set-Cookie")


def attributes(cookie: str) -> set[str]:
    """A cookie's attributes."""
    return set(cookie.split("; ")[1:])


def test_every_cookie_is_for_https_and_this_host_alone_and_not_for_scripts(real: RunningSite) -> None:
    stranger, member = real.app.test_client(), real.app.test_client()
    seen = [*given(sign_in(member, remember_me="y"))]
    for client in (stranger, member):
        for place in places(real.app):
            seen += [cookie for method in ("GET", "HEAD", "POST") for cookie in given(ask(client, method, place.path))]
    seen += given(ask(member, "POST", "/logout", csrf_token=token(member)))
    assert len(seen) >= 4
    for cookie in seen:
        assert cookie.startswith(NAME), cookie
        assert {"Secure", "HttpOnly", "Path=/"} <= attributes(cookie)
        assert {"SameSite=Lax", "SameSite=Strict"} & attributes(cookie)
        assert "Domain" not in cookie
        assert len(cookie.partition(";")[0]) <= 4096


def test_a_cookie_lasts_only_where_that_was_asked_for(real: RunningSite) -> None:
    for more, lasts in (({}, False), ({"remember_me": "y"}, True)):
        cookie = next(one for one in given(sign_in(real.app.test_client(), **more)) if one.startswith(f"{NAME}="))
        assert ("Expires=" in cookie) == lasts


def test_a_static_file_gives_no_cookie_even_to_a_member(real: RunningSite) -> None:
    member = real.app.test_client()
    sign_in(member)
    answer = ask(member, "GET", "/static/css/base.css")
    assert (answer.status_code, given(answer)) == (200, [])


def test_a_link_of_the_greatest_length_still_fits_into_the_cookie(real: RunningSite) -> None:
    """Whoever opened the letters of two pages keeps both, with the notices of pages between, under 4 KiB."""
    client = real.app.test_client()
    with client.session_transaction(base_url=BASE) as session:
        session.update(reset_link="x" * 300, sign_up_link="y" * 300, signed_up=2**62)
        session["_flashes"] = [("info", "Please sign in to see that page.")] * 3
    ask(client, "GET", "/login")
    kept = client.get_cookie(NAME, domain="blog.example")
    assert kept
    assert len(f"{NAME}={kept.value}") <= 4096


@pytest.mark.parametrize("source", ["https://evil.example", "null", BASE])
def test_a_form_on_another_sites_page_leaves_the_cookie_as_it_is(real: RunningSite, source: str) -> None:
    """Browsers send it without the cookie, and would put one that comes back in its place: that signs people out."""
    for path in ("/login", "/register", "/reset_password_request", "/recovery_code"):
        client = real.app.test_client()
        answer = client.post(path, base_url=BASE, headers={**PROXIED, "Origin": source}, data={"username": "alice"})
        assert answer.status_code == 400
        assert ("Set-Cookie" in answer.headers) == (source == BASE)


def test_a_foreign_host_is_refused_whatever_page_its_form_stood_on(real: RunningSite) -> None:
    answer = real.app.test_client().post("/login", base_url="https://evil.example", headers={"Origin": BASE})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
