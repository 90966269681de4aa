"""One connection to a mail server: what is sent ahead, how long anything may take, what is shown to whom."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from mail.office import SETTINGS
from mail.test_smtp import email, transport_to
from mail.test_smtp_tls import CLEAR, LOGIN, STARTTLS, context_for
from microblog.mail.compose import Envelope
from microblog.mail.smtp import SmtpTransport
from microblog.mail.transport import Refused, ServerTrouble, TransportError, TryLater
from support.smtp_server import Answer, Given, SmtpServer, Then, closing, trickle

HASTY = replace(SETTINGS, timeout=0.5)
STAGES = ["greeting", "ehlo", "mail", "rcpt", "go_ahead", "data"]


@pytest.fixture(params=["ahead", "one by one"])
def server(request: pytest.FixtureRequest) -> Iterator[SmtpServer]:
    """A mail server that lets commands be sent ahead (PIPELINING), and one that does not."""
    lacks = frozenset() if request.param == "ahead" else frozenset({"PIPELINING"})
    started = SmtpServer(lacks=lacks).start()
    yield started
    started.stop()


@pytest.fixture
def line(server: SmtpServer) -> Iterator[SmtpTransport]:
    """A transport to that server."""
    opened = transport_to(server.port)
    yield opened
    opened.disconnect()


@pytest.fixture
def doorkeeper() -> Iterator[SmtpServer]:
    """A mail server that wants a login."""
    started = SmtpServer(login=LOGIN).start()
    yield started
    started.stop()


def test_the_commands_before_an_email_go_together_only_where_the_server_allows_it(
    line: SmtpTransport, server: SmtpServer
) -> None:
    line.send(email())
    line.send(email())
    assert server.sent_ahead == (0 if server.lacks else 4)
    assert server.commands == ["ehlo", *["mail", "rcpt", "data"] * 2]
    assert len(server.delivered) == 2


@pytest.mark.parametrize(("stage", "answer"), [("mail", "451 not now"), ("rcpt", "550 5.1.1 no such user")])
def test_an_email_that_was_refused_leaves_the_line_clean_for_the_next(
    line: SmtpTransport, server: SmtpServer, stage: str, answer: str
) -> None:
    setattr(server.script, stage, [answer])
    with pytest.raises(TransportError, match=answer):
        line.send(email())
    line.send(email(to="bob@example.com"))
    assert list(server.copies) == ["bob@example.com"]
    assert server.connections == 1


def test_a_server_that_wants_the_email_though_it_refused_its_recipient_does_not_get_it() -> None:
    server = SmtpServer().start()
    line = transport_to(server.port)
    server.script.rcpt = ["550 5.1.1 no such user"]
    server.on("go_ahead", "354 go ahead all the same", times=1)
    with pytest.raises(Refused):
        line.send(email())
    line.send(email(to="bob@example.com"))
    line.disconnect()
    server.stop()
    assert list(server.copies) == ["bob@example.com"]
    assert server.connections == 2


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_trickles_for_ever_is_given_up(server: SmtpServer, stage: str) -> None:
    server.on(stage, trickle("250-still here", 0.02))
    with pytest.raises(TransportError, match="did not answer in time"):
        transport_to(server.port, HASTY).send(email())


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer("250-and so on", Then.REPEAT), "has no end"),
        (Answer(b"250 " + b"so long " * 4000 + b"\r\n"), "Line too long"),
        (Answer(b"2" * 50_000), "Line too long"),
    ],
    ids=["many lines", "a long line", "no line"],
)
def test_a_reply_without_measure_is_given_up(
    line: SmtpTransport, server: SmtpServer, stage: str, answer: Answer, words: str
) -> None:
    server.on(stage, answer)
    with pytest.raises(TransportError, match=words):
        line.send(email())


@pytest.mark.parametrize(
    ("stage", "answer"),
    [("mail", "250 OK\r\n250 OK"), ("rcpt", "250 OK\r\n354 go ahead"), ("go_ahead", "354 go ahead\r\n250 taken")],
)
def test_a_server_that_answers_before_it_is_asked_is_not_believed(
    line: SmtpTransport, server: SmtpServer, stage: str, answer: str
) -> None:
    server.on(stage, answer, times=1)
    with pytest.raises(TryLater):
        line.send(email())
    if (
        stage != "rcpt" or "PIPELINING" in server.lacks
    ):  # else DATA was asked already, and nobody can tell whose 354 it is
        assert server.delivered == []
    line.send(email(to="bob@example.com"))
    assert len(server.copies["bob@example.com"]) == 1


def test_a_line_break_in_an_address_never_becomes_a_command(line: SmtpTransport, server: SmtpServer) -> None:
    wicked = "alice@example.com>\r\nRCPT TO:<mallory@example.com"
    with pytest.raises(ValueError, match="line break"):
        line.send(Envelope(SETTINGS.sender.address, wicked, b"Subject: x\r\n\r\nx\r\n", needs_utf8=False))
    line.send(email())
    assert list(server.copies) == ["alice@example.com"]


def test_a_wrong_password_is_shown_once(doorkeeper: SmtpServer) -> None:
    doorkeeper.login = ("somebody", "else")
    with pytest.raises(ServerTrouble, match="535 "):
        transport_to(doorkeeper.port, CLEAR).send(email())
    assert doorkeeper.logins == [LOGIN]


def test_where_one_way_to_sign_in_is_unknown_the_next_is_tried(doorkeeper: SmtpServer) -> None:
    doorkeeper.on("auth", "504 5.5.4 not this way", times=1)
    line = transport_to(doorkeeper.port, CLEAR)
    line.send(email())
    line.disconnect()
    assert doorkeeper.logins == [LOGIN]
    assert [words.split()[1] for words in doorkeeper.lines if words.startswith("AUTH")] == ["PLAIN", "LOGIN"]


@pytest.mark.parametrize(
    ("stage", "answer", "words"),
    [
        ("greeting", closing("421 4.3.2 too busy"), "421 4.3.2 too busy"),
        ("ehlo", closing("421 4.7.0 not today"), "421 4.7.0 not today"),
        ("ehlo", closing("550 5.7.1 not you"), "Connection unexpectedly closed"),
        ("auth", closing("421 4.7.0 too many logins"), "421 4.7.0 too many logins"),
        ("auth", "454 4.7.0 later", "454 4.7.0 later"),
        ("auth", "334 abcde", "signing in: "),
    ],
)
def test_a_server_that_closes_the_door_is_quoted(doorkeeper: SmtpServer, stage: str, answer: Given, words: str) -> None:
    doorkeeper.on(stage, answer)
    with pytest.raises(ServerTrouble, match=words):
        transport_to(doorkeeper.port, CLEAR).send(email())


@pytest.mark.parametrize("shown", ["open sesame", "b3BlbiBzZXNhbWU=", "AGFsaWNlQGJsb2cuZXhhbXBsZQBvcGVuIHNlc2FtZQ=="])
@pytest.mark.parametrize("change", [str, str.upper])
def test_a_server_that_repeats_the_login_does_not_get_it_into_the_log(
    doorkeeper: SmtpServer, shown: str, change: Callable[[str], str]
) -> None:
    doorkeeper.on("auth", f"500 what is {change(shown)}, please")
    with pytest.raises(ServerTrouble) as refused:
        transport_to(doorkeeper.port, CLEAR).send(email())
    assert str(refused.value) == "500 what is <password>, please"


def test_a_server_that_knows_no_ehlo_gets_the_email_after_a_helo(line: SmtpTransport, server: SmtpServer) -> None:
    server.on("ehlo", "502 5.5.1 unknown command")
    line.send(email())
    assert server.commands == ["ehlo", "helo", "mail", "rcpt", "data"]
    assert len(server.delivered) == 1


def test_an_authority_that_is_put_right_is_used_at_the_next_email(
    authority: trustme.CA, authority_file: Path, tmp_path: Path
) -> None:
    server = SmtpServer(tls=context_for(authority.issue_cert("localhost"))).start()
    trusted = tmp_path / "trusted.pem"
    trustme.CA().cert_pem.write_to_path(trusted)
    line = transport_to(server.port, replace(STARTTLS, username="", ca_file=trusted))
    with pytest.raises(ServerTrouble, match="cannot be trusted"):
        line.send(email())
    trusted.write_bytes(authority_file.read_bytes())
    line.send(email())
    line.disconnect()
    server.stop()
    assert len(server.delivered) == 1
