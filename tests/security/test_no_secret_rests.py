"""Whoever takes the database, a backup or the log has nothing that opens an account."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

import pytest

from security.town import links_of
from support.dump import dump
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Visitor

EARLIER = "a lantern on the old stone bridge"


def pieces(secret: str) -> set[str]:
    """A secret, and those of its parts that are as good: a token's claims and its signature."""
    return {secret, unquote(secret), *(part for part in secret.split(".")[1:] if len(part) > 20)}


@dataclass(frozen=True)
class Lived:
    """A site where all was done that there is to do, the secrets that were about, and every word that was logged."""

    site: RunningSite
    secrets: set[str]
    log: list[str]


class Listener(logging.Handler):
    """Hears everything."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with its traceback."""
        self.heard.append(self.format(record))


@pytest.fixture(scope="module")
def lived(each_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Let it be so."""
    listener, root = Listener(), logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    site = RunningSite(tmp_path_factory.mktemp("lived"), each_url).start()
    try:
        secrets = live(site)
        yield Lived(site, {piece for secret in secrets for piece in pieces(secret)}, list(listener.heard))
    finally:
        site.stop()
        root.removeHandler(listener)
        root.setLevel(level)


def live(site: RunningSite) -> set[str]:
    """Sign up, in and out, forget and recover, and return what must stay a secret."""
    alice = site.sign_up("alice", password=EARLIER)
    cookies = set[tuple[str, str]]()
    for browser, remember in ((alice, {}), (site.visitor(), {"remember_me": "y"})):
        browser.sign_in("alice", EARLIER, **remember)
        cookies |= cookies_of(browser)
    site.visitor().sign_in("alice", "not her password at all")
    for number, words in ((2, PASSWORD), (4, NEW_PASSWORD)):
        site.visitor().submit("/reset_password_request", email="alice")
        link = [link for link in links_of(site, number) if "/reset_password/" in link][-1]
        assert alice.submit(link, password=words, password2=words).path == "/login"
        cookies |= cookies_of(alice)
        site.clock.move(minutes=2)
    alice.sign_in("alice", NEW_PASSWORD)
    cookies |= cookies_of(alice)
    site.visitor().submit("/reset_password_request", email="alice")
    bob = {"username": "bob", "email": "bob@example.com", "password": PASSWORD, "password2": PASSWORD}
    site.visitor().submit("/register", follow=True, **bob)
    tokens = {link.rsplit("/", 1)[1] for link in links_of(site, 7) if link.count(".") >= 2}
    assert len(tokens) >= 5
    return {EARLIER, PASSWORD, NEW_PASSWORD, *tokens, *(value for _, value in cookies), *login_secrets(site, cookies)}


def cookies_of(browser: Visitor) -> set[tuple[str, str]]:
    """A browser's cookies."""
    return {(cookie.name, str(cookie.value)) for cookie in browser.jar}


def login_secrets(site: RunningSite, cookies: set[tuple[str, str]]) -> set[str]:
    """What the session cookies say that signs in."""
    with site.app.app_context():
        serializer = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
        kept = [serializer.loads(cookie) for name, cookie in cookies if name == "microblog"]
    found = {one["_user_id"] for one in kept if "_user_id" in one}
    assert len(found) >= 2
    return found


def test_the_database_holds_nothing_that_opens_an_account(lived: Lived) -> None:
    rows = "\n".join(row for table in dump(lived.site.database).values() for row in table)
    assert "alice@example.com" in rows
    assert rows.count("$argon2id$") >= 2
    assert not {secret for secret in lived.secrets if secret in rows}
    assert "eyJ" not in rows


def test_the_log_holds_no_secret_and_no_address_at_any_level(lived: Lived) -> None:
    said = "\n".join(lived.log)
    assert "POST /reset_password 303" in said
    assert not {secret for secret in lived.secrets if secret in said}
    assert "alice@example.com" not in said


def test_what_is_kept_in_the_database_opens_nothing_when_it_is_used_as_a_secret(lived: Lived) -> None:
    site = lived.site
    rows = [row for table in dump(site.database).values() for row in table]
    kept = {word for row in rows for word in re.findall(r": '([^']{20,})'", row)}
    assert len(kept) >= 8
    for word in kept:
        for door in ("/reset_password/", "/register/finish/"):
            assert site.visitor().get(f"{door}{quote(word, safe='')}").status in (400, 410)
        site.clock.move(hours=1)  # so that no limit speaks in place of the answer
        assert site.visitor().sign_in("alice", word).status == 422
        with site.app.test_request_context():
            assert site.app.login_manager._user_callback(word) is None  # type: ignore[attr-defined]
