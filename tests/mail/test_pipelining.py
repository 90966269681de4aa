"""The commands of the next email travel behind the one before it, and nothing that happens meanwhile goes wrong."""

import time
from collections.abc import Iterator
from dataclasses import replace

import aiosmtpd.smtp
import pytest

from mail.office import SETTINGS, Office
from microblog.db import Database
from microblog.mail import Rendered, State
from microblog.mail.compose import Envelope, compose
from microblog.mail.smtp import ANNOUNCED_FOR, EMAILS_PER_CONNECTION, SmtpTransport
from microblog.mail.transport import Pipelining, Refused
from support.clock import NOON, HeldClock
from support.smtp_server import HANG_UP, SmtpServer

NAMES = ("alice", "bob", "carol")


def email(to: str) -> Envelope:
    written = Rendered(f"{to}@example.com", f"To {to}", "Hello\n", "")
    return compose(written, SETTINGS.sender, "<1@blog.example>", NOON)


@pytest.fixture
def line(smtp_server: SmtpServer) -> Iterator[SmtpTransport]:
    opened = SmtpTransport(replace(SETTINGS, port=smtp_server.port), "blog.example")
    yield opened
    opened.disconnect()


def arrived(server: SmtpServer) -> list[str]:
    return [delivered.recipient.partition("@")[0] for delivered in server.delivered]


def send(line: SmtpTransport, to: str, then: str) -> None:
    line.announce(email(then))
    line.send(email(to))


def test_the_next_emails_commands_are_said_behind_an_email(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    send(line, "alice", then="bob")
    deadline = time.monotonic() + ANNOUNCED_FOR - 1
    while smtp_server.commands.count("data") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert arrived(smtp_server) == ["alice"]
    line.send(email("bob"))
    assert (arrived(smtp_server), smtp_server.connections) == (["alice", "bob"], 1)
    assert smtp_server.commands.count("mail") == 2


def test_a_server_that_allows_no_pipelining_is_told_nothing_ahead() -> None:
    server = SmtpServer(lacks=frozenset({"PIPELINING"})).start()
    line = SmtpTransport(replace(SETTINGS, port=server.port), "blog.example")
    send(line, "alice", then="bob")
    line.send(email("bob"))
    line.disconnect()
    server.stop()
    assert (arrived(server), server.sent_ahead, server.connections) == (["alice", "bob"], 0, 1)


def test_an_email_that_stays_is_not_sent_and_no_other_takes_its_place(
    line: SmtpTransport, smtp_server: SmtpServer
) -> None:
    send(line, "alice", then="bob")
    line.send(email("carol"))
    assert (arrived(smtp_server), smtp_server.connections) == (["alice", "carol"], 2)
    assert [delivered.message["To"] for delivered in smtp_server.delivered] == [
        "alice@example.com",
        "carol@example.com",
    ]


def test_a_goodbye_is_never_taken_for_the_email_that_was_announced(smtp_server: SmtpServer) -> None:
    said: list[str] = []
    line = SmtpTransport(replace(SETTINGS, port=smtp_server.port), "blog.example", lambda _, words: said.append(words))
    send(line, "alice", then="bob")
    line.disconnect()
    smtp_server.wait_until_left()
    assert arrived(smtp_server) == ["alice"]
    assert "quit" not in said


def test_a_refused_email_leaves_the_announced_one_its_connection(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    smtp_server.on("data", "554 5.6.0 no", to="alice")
    with pytest.raises(Refused):
        send(line, "alice", then="bob")
    line.send(email("bob"))
    assert (arrived(smtp_server), smtp_server.connections) == (["bob"], 1)


@pytest.mark.parametrize("stage", ["mail", "rcpt"])
def test_an_announced_email_that_is_refused_leaves_the_line_clean(
    line: SmtpTransport, smtp_server: SmtpServer, stage: str
) -> None:
    setattr(smtp_server.script, stage, [None, "552 5.3.4 no", None])
    send(line, "alice", then="bob")
    with pytest.raises(Refused):
        send(line, "bob", then="carol")
    line.send(email("carol"))
    assert arrived(smtp_server) == ["alice", "carol"]


def test_a_connection_lost_behind_an_email_is_renewed_at_no_emails_cost(
    line: SmtpTransport, smtp_server: SmtpServer
) -> None:
    smtp_server.script.mail = [None, HANG_UP]
    send(line, "alice", then="bob")
    line.send(email("bob"))
    assert (arrived(smtp_server), smtp_server.connections) == (["alice", "bob"], 2)


def test_an_email_that_comes_too_long_after_it_was_announced_goes_over_a_new_connection(
    line: SmtpTransport, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microblog.mail.smtp.ANNOUNCED_FOR", 0.0)
    send(line, "alice", then="bob")
    line.send(email("bob"))
    assert (arrived(smtp_server), smtp_server.connections) == (["alice", "bob"], 2)


def test_a_connection_that_is_worn_out_is_left_with_a_goodbye(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    for _ in range(EMAILS_PER_CONNECTION):
        send(line, "alice", then="alice")
    line.send(email("bob"))
    assert (len(smtp_server.delivered), smtp_server.connections) == (EMAILS_PER_CONNECTION + 1, 2)
    assert smtp_server.commands.count("quit") == 1


def test_what_was_foreseen_for_an_email_that_failed_is_forgotten(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    smtp_server.on("rcpt", "550 5.1.1 no such user", to="alice")
    with pytest.raises(Refused):
        send(line, "alice", then="bob")
    line.send(email("bob"))
    line.send(email("carol"))
    assert (arrived(smtp_server), smtp_server.connections) == (["bob", "carol"], 1)


@pytest.fixture
def office(database: Database, smtp_server: SmtpServer, clock: HeldClock) -> Iterator[Office]:
    opened = Office(database, clock, smtp_server.port)
    yield opened
    opened.transport.disconnect()


def test_an_email_is_marked_before_the_next_is_handed_over(
    office: Office, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server looks into the outbox whenever an email arrives."""
    office.post(*NAMES)
    seen: list[int] = []
    take = smtp_server.take

    def look_and_take(envelope: aiosmtpd.smtp.Envelope) -> None:
        seen.append(list(office.states().values()).count(State.SENT))
        take(envelope)

    monkeypatch.setattr(smtp_server, "take", look_and_take)
    office.delivery.deliver_batch()
    assert isinstance(office.transport, Pipelining)
    assert (seen, smtp_server.connections) == ([0, 1, 2], 1)


def test_a_worker_that_stops_leaves_the_announced_email_to_the_next(office: Office, smtp_server: SmtpServer) -> None:
    office.post(*NAMES)
    office.delivery.deliver_batch(lambda: len(smtp_server.delivered) == 1)
    office.delivery.disconnect()
    smtp_server.wait_until_left()
    assert office.states() == {"alice": State.SENT, "bob": State.WAITING, "carol": State.WAITING}
    office.another().deliver_batch()
    assert (arrived(smtp_server), smtp_server.connections) == ([*NAMES], 2)
