"""The main job by the real commands and a real mail server, from an empty database, on both kinds."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path

import pytest
import trustme

from journeys.trial import CHANGED, RESET, Trial, letter_to, wait_for
from support.running import NEW_PASSWORD, PASSWORD
from support.smtp_server import LINK, Delivered, SmtpServer

SENDER = "Our Blog <post@blog.example>"


@dataclass
class Told:
    """What was told in confidence during a journey, and so must not be in the log."""

    links: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)


@pytest.fixture(params=["sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest, tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Trial]:
    """A site with an empty database that sends by `smtp_server`."""
    with Trial(tmp_path).mail_to(smtp_server.port, MAIL_DEFAULT_SENDER=SENDER) as made:
        if request.param == "sqlite":
            yield made
            return
        with request.getfixturevalue("postgres").fresh(empty=True) as url:
            made.environ["DATABASE_URL"] = url
            yield made
            made.kill()  # before its database goes


def main_job(trial: Trial, server: SmtpServer, username: str = "alice") -> Told:
    """Sign up, sign in and out, forget, reset, sign in."""
    told = Told()
    alice = trial.sign_up(username, server)
    assert alice.sign_in(username, PASSWORD).title == f"Hi, {username}!"
    told.cookies += [str(cookie.value) for cookie in alice.jar]
    alice.sign_out()
    asked = alice.submit("/reset_password_request", email=f"{username}@example.com")
    assert "Check your email for the instructions to reset your password" in asked.words
    letter = letter_to(server, username, RESET)
    told.cookies += [str(cookie.value) for cookie in alice.jar]
    changed = alice.submit(letter.link, password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert "Your password has been reset" in changed.words
    assert alice.sign_in(username, PASSWORD).status == 422
    assert alice.sign_in(username, NEW_PASSWORD).title == f"Hi, {username}!"
    letter_to(server, username, CHANGED)
    told.cookies += [str(cookie.value) for cookie in alice.jar]
    told.links += [one.link for one in server.delivered]
    return told


def assert_well_made(letter: Delivered, public_url: str) -> None:
    """Check what every letter has to be, whatever it says."""
    message = letter.message
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["From"] == SENDER
    assert letter.sender == "post@blog.example"
    assert message["To"] == letter.recipient == "alice@example.com"
    assert parsedate_to_datetime(message["Date"]).utcoffset() is not None
    assert message["Message-ID"].startswith("<")
    assert message["Message-ID"].endswith("@blog.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert all(len(line) < 998 for line in letter.raw.splitlines())
    assert letter.raw.isascii()
    links = set(LINK.findall(letter.body("plain")))
    html = unescape(letter.body("html"))
    assert links
    assert all(link.startswith(f"{public_url}/") and f'href="{link}"' in html for link in links)


def assert_all_well(trial: Trial, server: SmtpServer) -> None:
    """Check the letters of one main job, and what the outbox says of them."""
    subjects = [letter.message["Subject"] for letter in server.delivered]
    assert subjects == ["[Microblog] Finish Signing Up", RESET, CHANGED]
    assert len({letter.message["Message-ID"] for letter in server.delivered}) == 3
    for letter in server.delivered:
        assert_well_made(letter, trial.base)
    wait_for(lambda: [(row.state, row.tries) for row in trial.outbox()] == [("sent", 1)] * 3)
    ids = [row.message_id for row in trial.outbox()]
    assert ids == [letter.message["Message-ID"] for letter in server.delivered]


def test_one_command_recovers_a_password_by_smtp(trial: Trial, smtp_server: SmtpServer) -> None:
    trial.start("run")
    main_job(trial, smtp_server)
    assert_all_well(trial, smtp_server)


def test_web_and_worker_apart_recover_a_password_by_smtp_and_log_no_secret(
    trial: Trial, smtp_server: SmtpServer
) -> None:
    assert trial.command("db upgrade").status == 0
    trial.start("web")
    trial.start("worker")
    told = main_job(trial, smtp_server)
    assert_all_well(trial, smtp_server)
    assert_no_secret(trial.output, told)


def assert_no_secret(output: str, told: Told) -> None:
    """Look for each secret in all that the processes said, and first that they did say what happened."""
    assert "POST /reset_password_request 303" in output
    assert "GET /reset_password/<path:token> 303" in output
    assert "email sent id=2 kind=reset_password try=1: 250" in output
    tokens = [link.rpartition("/")[2] for link in told.links if "." in link.rpartition("/")[2]]
    assert len(tokens) == 3  # to finish the sign-up, to reset, and to say that it was somebody else
    assert len(set(told.cookies)) >= 3
    pieces = [piece for secret in tokens + told.cookies for piece in secret.split(".")[-2:]]
    for secret in [*pieces, PASSWORD, NEW_PASSWORD, "alice@example.com", "@example.com"]:
        assert secret not in output


def test_a_letter_travels_by_starttls_with_a_login_and_a_private_authority(
    tmp_path: Path, authority: trustme.CA, authority_file: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = SmtpServer(tls=context, login=("blog", "the post office key")).start()
    settings = {
        "MAIL_USE_TLS": "yes",
        "MAIL_USERNAME": "blog",
        "MAIL_PASSWORD": "the post office key",
        "MAIL_CA_FILE": str(authority_file),
        "MAIL_DEFAULT_SENDER": SENDER,
    }
    with Trial(tmp_path).mail_to(server.port, **settings) as trial:
        process = trial.start("run")
        main_job(trial, server)
        assert_all_well(trial, server)
        assert "(STARTTLS)" in process.output
        assert "the post office key" not in process.output
    server.stop()
