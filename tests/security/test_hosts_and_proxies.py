"""Whatever a request says of its host and sender, no link, redirect or limit moves, unless a proxy of ours said it."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from security.town import Town
from support.running import PASSWORD, RunningSite
from support.visitor import Visitor

EVIL = "evil.example"
FORGED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Port": "8443",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Proto": "javascript",
    "X-Host": EVIL,
    "X-HTTP-Host-Override": EVIL,
    "X-Original-URL": "/admin/mail",
    "X-Rewrite-URL": "/admin/mail",
    "X-HTTP-Method-Override": "DELETE",
    "Forwarded": f"host={EVIL};proto=https",
}


@pytest.fixture
def site_with(tmp_path: Path, database_url: str) -> Iterator[Callable[..., RunningSite]]:
    """Makes a site with other settings. It is stopped in the end, also where the test fails."""
    with ExitStack() as stack:

        def make(**environ: str) -> RunningSite:
            made = RunningSite(tmp_path / "data", database_url, environ).start()
            stack.callback(made.stop)
            return made

        yield make


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_no_header_moves_a_link_or_a_redirect_to_another_host(
    site_with: Callable[..., RunningSite], proxies: str
) -> None:
    site = site_with(TRUSTED_PROXIES=proxies)
    site.sign_up("alice")
    forger = site.visitor(**FORGED)
    pages = [forger.get(path) for path in ("/", "/login", "/index", "/no/such/page", "/admin/mail", "/logout")]
    assert [page.status for page in pages] == [200, 200, 200, 404, 404, 405]
    asked = forger.submit("/reset_password_request", follow=False, email="alice")
    assert asked.headers["Location"] == "/check-email"
    assert EVIL not in "".join(page.text + page.url for page in pages)
    letter = site.letters(2)[-1]
    assert set(re.findall(r"https?://[^/\s\"<]+", letter.text + letter.html)) == {site.base}
    assert EVIL not in letter.source


def say(town: Town, request: str) -> tuple[int, str]:
    """Send a request as it is, and return the status and the whole answer."""
    with socket.create_connection(("127.0.0.1", town.site.port), timeout=10) as line:
        line.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    return int(answer.split(" ", 2)[1]), answer


@pytest.mark.parametrize(
    "request_",
    [
        f"GET /login HTTP/1.1\nHost: {EVIL}\n\n",
        f"GET http://{EVIL}/login HTTP/1.1\nHost: {EVIL}\n\n",
        f"GET /login HTTP/1.1\nHost: localhost@{EVIL}\n\n",
        f"GET /login HTTP/1.1\nHost: localhost.{EVIL}\n\n",
        f"GET /login HTTP/1.1\nHost: {EVIL}#localhost\n\n",
        f"GET /login HTTP/1.1\nHost: localhost\nHost: {EVIL}\n\n",
        f"GET /login HTTP/1.1\nHost: {EVIL}\nHost: localhost\n\n",
        f"GET /login HTTP/1.1\n Host: {EVIL}\nHost: localhost\n\n",
    ],
    ids=["plain", "absolute", "user", "suffix", "fragment", "second", "first", "folded"],
)
def test_a_request_for_another_host_is_refused_or_answered_as_for_ours(town: Town, request_: str) -> None:
    status, answer = say(town, request_)
    assert status == 400
    assert EVIL not in answer
    assert "Set-Cookie" not in answer


def test_a_whole_address_in_the_request_line_is_no_way_past_the_host(town: Town) -> None:
    status, answer = say(town, f"GET http://{EVIL}/login HTTP/1.1\nHost: localhost\n\n")
    assert EVIL not in answer
    assert status in (200, 400)


@pytest.mark.parametrize(
    ("limit", "send"),
    [
        ("LIMIT_RESET_PER_CLIENT", lambda visitor: visitor.submit("/reset_password_request", email="alice")),
        ("LIMIT_SIGN_IN_PER_CLIENT", lambda visitor: visitor.submit("/login", username="alice", password=PASSWORD)),
        (
            "LIMIT_SIGN_UP_PER_CLIENT",
            lambda visitor: visitor.submit(
                "/register", username="alice", email="a@example.com", password=PASSWORD, password2=PASSWORD
            ),
        ),
    ],
)
@pytest.mark.parametrize("proxies", ["0", "1"])
def test_a_made_up_forwarded_for_gets_nobody_past_a_limit(
    site_with: Callable[..., RunningSite], limit: str, send: Callable[[Visitor], object], proxies: str
) -> None:
    site = site_with(**{limit: "2/hour", "TRUSTED_PROXIES": proxies})
    real = ", 198.51.100.7" if proxies == "1" else ""  # what the proxy itself adds
    statuses = []
    for number in range(4):
        forged = {"X-Forwarded-For": f"203.0.113.{number}{real}", "X-Real-IP": f"203.0.113.{number}"}
        forged |= {"Forwarded": f"for=203.0.113.{number}", "True-Client-IP": f"203.0.113.{number}"}
        statuses.append(send(site.visitor(**forged)).status)  # type: ignore[attr-defined]
    assert statuses[2:] == [429, 429]
    assert 429 not in statuses[:2]


def test_one_household_of_ipv6_is_one_client_and_its_neighbour_another(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_RESET_PER_CLIENT="1/hour", TRUSTED_PROXIES="1")
    addresses = ("2001:db8:1:1::1", "2001:db8:1:1:ffff::9", "2001:db8:1:2::1", "::ffff:192.0.2.1", "192.0.2.1")
    asked = [
        site.visitor(**{"X-Forwarded-For": address}).submit("/reset_password_request", email="alice").status
        for address in addresses
    ]
    assert asked == [200, 429, 200, 200, 429]
