"""What the log never says, however talkative it is: no token, password, cookie or address; and what it does say."""

import logging
import re
from urllib.parse import unquote

import pytest

from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Visitor

WRONG = "a wrong password of somebody"
FORGED = "x\n2026-11-22T12:00:00Z INFO microblog.accounts.events: security event=forged"


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Hears all that any part of the program says, down to DEBUG."""
    names = [name for name in logging.root.manager.loggerDict if not name.startswith(("hypothesis", "asyncio"))]
    for name in ("", *names):
        caplog.set_level(logging.DEBUG, name)
    return caplog


def journey(site: RunningSite) -> tuple[Visitor, list[str]]:
    """Sign up, fail, sign in, forget, reset and sign out, and return the tokens that were in letters."""
    visitor = site.sign_up("alice", "Alice.Private@example.com")
    visitor.sign_in("alice", WRONG)
    visitor.sign_in("Alice.Private@example.com", WRONG)
    visitor.sign_in("nobody.private@example.com", WRONG)
    visitor.sign_in(FORGED, WRONG)
    visitor.sign_in("alice", PASSWORD, remember_me="y")
    visitor.submit("/reset_password_request", email="alice.private@example.com")
    visitor.submit("/reset_password_request", email="nobody.private@example.com")
    letters = site.letters(2)
    visitor.get(link_in(letters[1].text))
    visitor.submit("/reset_password", password=NEW_PASSWORD, password2=NEW_PASSWORD)
    visitor.sign_in("alice", NEW_PASSWORD)
    visitor.sign_out()
    return visitor, [link_in(letter.text).rpartition("/")[2] for letter in letters[:2]]


def test_a_journey_leaves_no_secret_and_no_address_in_the_log_at_any_level(
    site: RunningSite, everything: pytest.LogCaptureFixture
) -> None:
    visitor, tokens = journey(site)
    said = unquote("\n".join([everything.text, *map(str, (record.__dict__ for record in everything.records))]))
    secrets = [PASSWORD, NEW_PASSWORD, WRONG, *tokens, *(str(cookie.value) for cookie in visitor.jar)]
    assert len(secrets) >= 7
    for secret in secrets:
        assert secret not in said
        assert secret[:24] not in said
    assert "alice.private@" not in said.lower()
    assert "nobody.private" not in said
    assert "argon2" not in said
    assert "127.0.0.1" not in [*re.findall(r"network=(\S+)", said)]


def test_what_is_refused_is_a_line_too(site: RunningSite, everything: pytest.LogCaptureFixture) -> None:
    visitor = member(site, "alice")
    for path in ("/admin/mail", "/no/such/page", "/reset_password/a.b.c"):
        visitor.get(path)
    visitor.post("/logout", {})
    visitor.post("/reset_password_request", {"email": "alice"})
    evil = {"Origin": "https://evil.example"}
    visitor.ask("POST", "/reset_password_request", b"email=alice", headers=evil)
    said = everything.text
    for line in (
        "GET /admin/mail 404",
        "GET - 404",
        "GET /reset_password/<path:token> 400",
        "POST /logout 400",
        "POST /reset_password_request 400",
    ):
        assert line in said
    assert said.count("a form came without a valid token: The CSRF token is missing.") == 2
    assert said.count("a form came without a valid token: it came from another site") == 1


def test_what_happened_to_an_account_is_a_line_each_and_none_can_be_forged(
    site: RunningSite, everything: pytest.LogCaptureFixture
) -> None:
    journey(site)
    said = [record.getMessage() for record in everything.records if record.name == "microblog.audit.events"]
    kinds = [
        (found[1], found[2]) for line in said if (found := re.match(r"security event=(\w+) (account|about)=", line))
    ]
    assert len(kinds) == len(said)
    refused = "sign_in_refused"
    assert kinds[:4] == [("signed_up", "account"), (refused, "account"), (refused, "account"), (refused, "about")]
    assert {"signed_in", "password_reset", "signed_out"} <= {kind for kind, _ in kinds}
    assert not [line for line in everything.text.splitlines() if "forged" in line]
