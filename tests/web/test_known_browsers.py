"""The cookie of a browser that an owner signed in with: what it is worth, and to whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.auth.known_browsers import LASTS, LENGTH, KnownBrowsers, known_browsers
from microblog.identity import Account, find_anyone
from microblog.web.auth.known_browsers import MOST, keep_token
from support.clock import NOON
from support.members import member
from support.running import PASSWORD, RunningSite
from support.visitor import Visitor

KEYS = (b"the key of today", b"the key of last year")
COOKIE = "microblog-known"
SITE = KnownBrowsers(KEYS, "https://blog.example")


def account(number: int = 7, password_hash: str = "a hash") -> Account:  # noqa: S107
    made = Account(
        username="alice", username_key="alice", email="a@b.c", email_key="a@b.c", password_hash="", created_at=NOON
    )
    made.id, made.password_hash = number, password_hash
    return made


TOKEN = SITE.sign(7, "a hash", NOON)


def test_a_token_is_its_accounts_and_nobody_elses() -> None:
    assert len(SITE.find([TOKEN], account(), NOON)) == 32
    assert SITE.find([TOKEN], account(8), NOON) == ""
    assert SITE.find([TOKEN], None, NOON) == ""
    assert SITE.find([], account(), NOON) == ""
    assert SITE.find([SITE.sign(8, "a hash", NOON), TOKEN], account(), NOON) != ""


def test_a_browser_marked_by_a_clock_that_was_ahead_is_not_known_for_longer_than_twice_as_long() -> None:
    for ahead, known in ((180, 32), (181, 0)):
        token = SITE.sign(7, "a hash", NOON + timedelta(days=ahead))
        assert len(SITE.find([token], account(), NOON)) == known


def test_it_dies_with_any_change_of_the_password() -> None:
    assert SITE.find([TOKEN], account(password_hash="another hash"), NOON) == ""


def test_it_lasts_half_a_year() -> None:
    assert SITE.find([TOKEN], account(), NOON + LASTS - timedelta(seconds=1)) != ""
    assert SITE.find([TOKEN], account(), NOON + LASTS) == ""


def test_an_older_key_still_verifies_and_a_foreign_one_or_another_site_does_not() -> None:
    assert SITE.find([replace(SITE, keys=KEYS[1:]).sign(7, "a hash", NOON)], account(), NOON) != ""
    assert SITE.find([replace(SITE, keys=(b"a foreign key",)).sign(7, "a hash", NOON)], account(), NOON) == ""
    assert SITE.find([replace(SITE, site="https://else.example").sign(7, "a hash", NOON)], account(), NOON) == ""


@given(place=st.integers(0, LENGTH - 1), char=st.sampled_from("ABab01-_"))
def test_an_altered_token_is_none(place: int, char: str) -> None:
    altered = TOKEN[:place] + char + TOKEN[place + 1 :]
    assert (SITE.find([altered], account(), NOON) != "") == (altered == TOKEN)


@given(token=st.text(max_size=2 * LENGTH))
def test_nonsense_is_no_token(token: str) -> None:
    assert SITE.find([token], account(), NOON) == ""


def test_no_two_tokens_are_alike() -> None:
    assert len({SITE.sign(7, "a hash", NOON) for _ in range(100)}) == 100


def cookie_set(headers: Message, name: str) -> str:
    """The header that sets a cookie."""
    (found,) = [one for one in headers.get_all("Set-Cookie", []) if one.startswith(f"{name}=")]
    return str(found)


def signs_in(visitor: Visitor, name: str = "alice") -> str:
    """Sign in, and return the header that makes the browser known."""
    answer = visitor.submit("/login", follow=False, username=name, password=PASSWORD)
    assert answer.status == 303
    return cookie_set(answer.headers, COOKIE)


def test_the_cookie_holds_nothing_readable_and_is_kept_from_scripts_and_other_sites(site: RunningSite) -> None:
    site.sign_up("alice")
    header = signs_in(site.visitor())
    assert "HttpOnly" in header
    assert "SameSite=Strict" in header
    assert "Path=/" in header
    assert f"Max-Age={int(LASTS.total_seconds())}" in header
    assert "alice" not in header


def test_on_https_the_cookie_is_bound_to_host_and_tls(site_with: Callable[..., RunningSite]) -> None:
    key = "oKzV0uPp3J4wQn8xY7TfA2sLr6dEhBgC9mW1"
    site = site_with(PUBLIC_URL="https://blog.example", SECRET_KEY=key, MAIL_SERVER="127.0.0.1").start(deliver=False)
    with site.app.test_request_context("/", base_url="https://blog.example"):
        keep_token(TOKEN)
        answer = site.app.process_response(site.app.make_response("here"))
    (header,) = [one for one in answer.headers.getlist("Set-Cookie") if "known" in one]
    assert header.startswith("__Host-microblog-known=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(header.split("; "))
    assert "Domain" not in header


def test_only_who_knew_the_password_is_given_one(site: RunningSite) -> None:
    site.sign_up("alice")
    visitor = site.visitor()
    visitor.sign_in("alice", "not the password")
    assert COOKIE not in visitor.cookies


def test_a_browser_is_known_to_each_of_its_accounts_up_to_a_few(site: RunningSite) -> None:
    names = [f"member{number}" for number in range(MOST + 1)]
    for name in names:
        member(site, name)
    visitor = site.visitor()
    for name in names:
        signs_in(visitor, name)
        visitor.sign_out()
    tokens = str(visitor.cookies[COOKIE].value).split(".")
    known = known_browsers(site.settings)
    with site.database.reading() as db:
        found = [known.find(tokens, find_anyone(db, name), NOON) != "" for name in names]
    assert found == [False] + [True] * MOST


@pytest.mark.parametrize("value", ["x" * 4000, "x" * LENGTH, ".".join(["x" * LENGTH] * 50), "é.\x00"])
def test_a_cookie_that_is_none_of_ours_is_as_good_as_none(site: RunningSite, value: str) -> None:
    member(site, "alice")
    with site.app.test_client() as browser:
        browser.set_cookie(COOKIE, value, domain="localhost")
        page = browser.get("/login", base_url=site.base).get_data(as_text=True)
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        fields = {"csrf_token": token, "username": "alice", "password": PASSWORD}
        assert browser.post("/login", base_url=site.base, data=fields).status_code == 303
