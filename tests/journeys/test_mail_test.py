"""`microblog mail test`: a real letter, the whole conversation, and a verdict in words."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.trial import Trial
from microblog.mail.mailbox import LocalMailbox
from support.command import command
from support.running import free_port
from support.smtp_server import SmtpServer

PASSWORD = "SG.a-secret-key-of-sendgrid"
SENDGRID = {"MAIL_PROVIDER": "sendgrid", "MAIL_PASSWORD": PASSWORD, "MAIL_USE_TLS": "no"}


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A site of its own, not started."""
    with Trial(tmp_path) as made:
        yield made


@pytest.fixture
def provider() -> Iterator[SmtpServer]:
    """A mail server that knows one login."""
    server = SmtpServer(login=("apikey", PASSWORD)).start()
    yield server
    server.stop()


def hidden(output: str) -> bool:
    """Tell whether the password is nowhere in the output, in none of its forms."""
    forms = (PASSWORD.encode(), f"\0apikey\0{PASSWORD}".encode())
    return not any(word in output for word in (PASSWORD, *(b64encode(form).decode().rstrip("=") for form in forms)))


def test_a_letter_leaves_and_the_conversation_is_printed_without_the_login(trial: Trial, provider: SmtpServer) -> None:
    ended = trial.mail_to(provider.port, **SENDGRID).command("mail test alice@example.com")
    assert ended.status == 0, ended.output
    (letter,) = provider.delivered
    assert (letter.recipient, letter.message["Subject"]) == ("alice@example.com", "[Microblog] Test Letter")
    assert trial.base in letter.body("plain")
    assert trial.base in letter.body("html")
    lines = ended.output.splitlines()
    for line in (
        f"-- connecting to 127.0.0.1, port {provider.port}",
        "C: AUTH PLAIN (masked)",
        "C: RCPT TO:<alice@example.com>",
        "S: 250 OK: letter 1",
        "The mail server took the letter: 250 OK: letter 1",
    ):
        assert line in lines
    assert "Dear" not in ended.output, "the letter itself is summed up"
    assert hidden(ended.output)


@pytest.mark.parametrize(
    ("stage", "answer", "words"),
    [
        ("auth", "535 Authentication failed: Bad username / password", "The user name must be the word apikey"),
        ("mail", "550 The from address does not match a verified Sender Identity", "Verify the sender's domain"),
        ("mail", "550 5.7.1 not from you", "Set MAIL_DEFAULT_SENDER to an address that this login may send from"),
        ("rcpt", "550 5.1.1 no such user", "Look for a slip in the address."),
        ("data", "451 4.3.0 busy", "Try again in some minutes."),
    ],
)
def test_a_refusal_is_told_with_what_it_means_and_what_to_do(
    trial: Trial, provider: SmtpServer, stage: str, answer: str, words: str
) -> None:
    provider.on(stage, answer)
    ended = command("mail test alice@example.com", trial.mail_to(provider.port, **SENDGRID).environ)
    assert ended.status == 1
    verdict = ended.output.partition("The letter did not leave.")[2]
    assert f"the mail server said: {answer}" in verdict
    assert f"What to do: {words}"[:40] in verdict
    assert words in verdict
    assert provider.delivered == []
    assert hidden(ended.output)


def test_a_server_that_is_not_there_is_told_in_words(trial: Trial) -> None:
    ended = command("mail test alice@example.com", trial.mail_to(free_port()).environ)
    assert ended.status == 1
    assert "The letter did not leave.\nThe trouble was connecting: nothing listens there" in ended.output
    assert "microblog mail doctor" in ended.output


def test_without_a_server_the_letter_is_in_the_local_mailbox(trial: Trial) -> None:
    ended = trial.command("mail test alice@example.com")
    assert ended.status == 0
    [place] = [line for line in ended.output.splitlines() if line.startswith(f"{trial.base}/mailbox/")]
    received = LocalMailbox(trial.folder / "data" / "mailbox").read(place.rpartition("/")[2])
    assert received
    assert (received.summary.to, received.summary.subject) == ("alice@example.com", "[Microblog] Test Letter")


@pytest.mark.parametrize("typed", ["alice", "alice@@example.com", "a=?b@example.com"])
def test_what_is_no_address_is_refused_in_words(trial: Trial, provider: SmtpServer, typed: str) -> None:
    ended = command(f"mail test {typed}", trial.mail_to(provider.port, **SENDGRID).environ)
    assert (ended.status, provider.connections) == (2, 0)
    assert f"No letter can go to '{typed}'. " in ended.output
    assert "Traceback" not in ended.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("mail test", ["ADDRESS", "secret is masked"]),
        ("mail doctor", ["--dkim-selector", "--nameserver", "--json", "Nothing is sent"]),
        ("mail preview", ["[FOLDER]", "--overwrite", "left alone"]),
    ],
)
def test_the_commands_explain_themselves(words: str, said: list[str]) -> None:
    ended = command(f"{words} --help", {})
    assert ended.status == 0
    assert all(word in ended.output for word in said), ended.output


@pytest.mark.parametrize("words", ["mail test alice@example.com", "mail preview"])
def test_bad_settings_are_refused_by_name(words: str) -> None:
    ended = command(words, {"MAIL_PORT": "none"})
    assert ended.status == 2
    assert "MAIL_PORT: it is 'none'" in ended.output
