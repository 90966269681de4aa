"""The main job at every kind of address a trial can have, in every spelling: links, forms, cookies, mailbox."""

import re
import shutil
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from journeys.trial import Trial, wait_for
from microblog.settings import load
from microblog.settings.readers import bracket_ipv6
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Visitor

SPELLINGS = {
    "[::1]": "[::1]",
    "[0:0:0::1]": "[::1]",
    "127.0.0.1": "127.0.0.1",
    "127.8.9.10": "127.8.9.10",
    "LocalHost.": "localhost",
    "blog.localhost": "blog.localhost",
}


def can_listen(host: str) -> bool:
    """Tell whether this computer has such an address; some have no IPv6."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with suppress(OSError), socket.socket(family) as probe:
        probe.bind((host, 0))
        return True
    return False


def link_in_the_mailbox(visitor: Visitor, letters: int) -> str:
    """Return the link of the newest letter, as the site's own mailbox shows it."""

    def listed() -> list[str]:
        return re.findall(r'href="(/mailbox/[^"/]+)"', visitor.get("/mailbox").text)

    wait_for(lambda: len(set(listed())) >= letters)
    page = visitor.get(listed()[0])
    found = re.search(r'https?://[^\s"<]+/(?:finish|reset|register|sign)[^\s"<]+', page.text)
    assert found, page.text
    return found[0]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_trial_works_at(tmp_path: Path, typed: str) -> None:
    host = SPELLINGS[typed]
    with Trial(tmp_path) as trial:
        base = f"http://{host}:{trial.port}"
        trial.environ["PUBLIC_URL"] = f"http://{typed}:{trial.port}"
        bare = host.strip("[]") if host[-1] in "]0123456789" else "127.0.0.1"
        if not can_listen(bare):
            ended = trial.command("run")
            assert (ended.status, "cannot be listened on" in ended.output) == (1, True)
            return
        trial.base = f"http://{bracket_ipv6(bare)}:{trial.port}"
        assert base in trial.start("run").output
        visitor = Visitor(trial.base, {"Host": f"{host}:{trial.port}", "Origin": base})
        answer = visitor.submit(
            "/register", username="alice", email="a@example.com", password=PASSWORD, password2=PASSWORD
        )
        assert answer.status == 200
        link = link_in_the_mailbox(visitor, 1)
        assert link.startswith(f"{base}/")
        assert "Your account is ready" in visitor.submit(link.replace(base, trial.base)).words
        visitor.submit("/reset_password_request", email="alice")
        visitor.get(link_in_the_mailbox(visitor, 2).replace(base, trial.base))
        visitor.submit("/reset_password", password=NEW_PASSWORD, password2=NEW_PASSWORD)
        visitor.sign_in("alice", NEW_PASSWORD)
        assert visitor.signed_in_as() == "alice"


@pytest.mark.parametrize(
    ("typed", "asked", "foreign"),
    [
        ("https://[2001:DB8:0::7]:8443", "[2001:db8::7]:8443", "[2001:db8::8]:8443"),
        ("https://[2001:db8::7]", "[2001:DB8:0:0::7]", "2001:db8::7"),
        ("https://bücher.example", "xn--bcher-kva.example", "bucher.example"),
        ("https://Blog.Example.", "BLOG.example.", "blog.example.."),
        ("https://198.51.100.7", "198.51.100.7", "[198.51.100.7]"),
        ("https://blog.example", "blog.example:443", "blog.example:99999"),
    ],
)
def test_a_real_site_answers_under_its_own_address_in_any_spelling_and_under_no_other(
    tmp_path: Path, sqlite_template: Path, typed: str, asked: str, foreign: str
) -> None:
    path = shutil.copy(sqlite_template, tmp_path / "microblog.db")
    real = {
        "PUBLIC_URL": typed,
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-and-more",
        "MAIL_SERVER": "mail.example",
        "MAIL_DEFAULT_SENDER": "us@blog.example",
    }
    site = RunningSite(tmp_path, f"sqlite:///{path}", real).start(deliver=False)
    try:
        assert site.visitor(Host=asked).get("/login").status == 200
        assert site.visitor(Host=foreign).get("/login").status == 400
    finally:
        site.stop()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("https://[2001:db8::7]", "[IPv6:2001:db8::7]"),
        ("https://198.51.100.7", "[198.51.100.7]"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("http://[::1]:5000", "[127.0.0.1]"),
    ],
)
def test_a_mail_server_is_greeted_with_a_name_or_an_address_as_smtp_has_it(
    tmp_path: Path, typed: str, name: str
) -> None:
    given = {"PUBLIC_URL": typed, "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-and-more"}
    mail = {"MAIL_SERVER": "localhost", "MAIL_DEFAULT_SENDER": "us@blog.example"}
    assert load({**given, **mail, "MICROBLOG_DATA": str(tmp_path)}).ehlo == name
