"""A conversation with a mail server that is listened to: every line, and nothing that is secret."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from mail.office import SETTINGS
from mail.test_smtp import email
from mail.test_smtp_tls import IMPLICIT, LOGIN, STARTTLS, context_for
from microblog.mail.smtp import SmtpTransport
from microblog.mail.smtp_trace import SmtpTrace
from microblog.mail.transport import ServerTrouble
from microblog.settings import MailSettings
from support.smtp_server import SmtpServer

USER, PASSWORD = LOGIN
PLAIN = b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode().rstrip("=")
FORMS = [PASSWORD, PLAIN, b64encode(PASSWORD.encode()).decode().rstrip("=")]

Heard = list[tuple[str, str]]


@pytest.fixture
def heard() -> Heard:
    """What was repeated."""
    return []


@pytest.fixture
def trace(heard: Heard) -> Iterator[SmtpTrace]:
    """An trace that knows the password; whatever a test does, none of its forms may be repeated."""
    settings = replace(SETTINGS, username=USER, password=PASSWORD)
    yield SmtpTrace(lambda who, line: heard.append((who, line)), settings)
    assert not [line for _, line in heard for form in FORMS if form in line]


def test_commands_and_replies_are_repeated_as_they_were(trace: SmtpTrace, heard: Heard) -> None:
    trace.note("connecting")
    trace.received(220, b"mail.test ready")
    trace.sent(b"ehlo blog.example\r\n")
    trace.received(250, b"mail.test\nSIZE 1000\nHELP")
    assert heard == [
        ("*", "connecting"),
        ("S", "220 mail.test ready"),
        ("C", "ehlo blog.example"),
        ("S", "250-mail.test"),
        ("S", "250-SIZE 1000"),
        ("S", "250 HELP"),
    ]


def test_several_commands_at_once_are_several_lines(trace: SmtpTrace, heard: Heard) -> None:
    trace.sent(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
    assert [line for _, line in heard] == ["MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"]


def test_a_login_in_one_line_is_masked(trace: SmtpTrace, heard: Heard) -> None:
    trace.sent(f"AUTH PLAIN {PLAIN}\r\n".encode())
    trace.received(235, b"welcome")
    trace.sent(b"noop\r\n")
    assert heard == [("C", "AUTH PLAIN (masked)"), ("S", "235 welcome"), ("C", "noop")]


def test_a_login_in_several_lines_is_masked_with_its_challenges(trace: SmtpTrace, heard: Heard) -> None:
    trace.sent(b"auth login\r\n")
    trace.received(334, b"VXNlcm5hbWU6")
    trace.sent(b64encode(USER.encode()) + b"\r\n")
    trace.received(334, b64encode(USER.encode()))
    trace.sent(b"anything at all\r\n")
    trace.received(535, b"no")
    trace.sent(b"quit\r\n")
    assert [line for _, line in heard] == [
        "auth login (masked)",
        "334 (masked)",
        "(masked)",
        "334 (masked)",
        "(masked)",
        "535 no",
        "quit",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_server_that_repeats_the_password_is_not_repeated(trace: SmtpTrace, heard: Heard, form: str) -> None:
    trace.received(535, f"no user with {form} here".encode())
    assert heard == [("S", "535 no user with <password> here")]


def test_an_email_is_summed_up_and_the_next_command_is_not(trace: SmtpTrace, heard: Heard) -> None:
    trace.sent(b"data\r\n")
    trace.received(354, b"go ahead")
    trace.sent(b"Subject: secret\r\n\r\nHello\r\n.\r\n")
    trace.received(250, b"taken")
    trace.sent(b"quit\r\n")
    assert [line for _, line in heard] == [
        "data",
        "354 go ahead",
        "(the email: 3 lines, 26 octets)",
        ".",
        "250 taken",
        "quit",
    ]


def test_what_a_server_says_does_nothing_to_a_terminal(trace: SmtpTrace, heard: Heard) -> None:
    trace.received(220, b"\x1b]0;mine\x07 \xff\r")
    assert heard == [("S", "220 �]0;mine� ��")]


@pytest.mark.parametrize("settings", [STARTTLS, IMPLICIT], ids=["STARTTLS", "implicit"])
def test_the_transport_itself_is_heard_through_tls_and_login(
    settings: MailSettings, authority: trustme.CA, authority_file: Path, heard: Heard
) -> None:
    certificate = context_for(authority.issue_cert("localhost"))
    with running(tls=certificate, implicit_tls=settings.implicit_tls, login=LOGIN) as server:
        listened(replace(settings, port=server.port, ca_file=authority_file), heard)
    said = [line.upper() for who, line in heard if who == "C"]
    secured = ["STARTTLS", "EHLO BLOG.EXAMPLE"] if settings.starttls else []
    assert said[: len(secured) + 2] == ["EHLO BLOG.EXAMPLE", *secured, "AUTH PLAIN (MASKED)"]
    assert said[-3:] == [said[-3], ".", "QUIT"]
    assert said[-3].startswith("(THE EMAIL: ")
    assert ("S", "250 OK: letter 1") in heard
    assert heard[0] == ("*", f"connecting to localhost, port {server.port}")
    assert not [line for _, line in heard for form in FORMS if form in line]


def test_a_refused_login_is_heard_without_the_login(heard: Heard) -> None:
    with running(login=LOGIN) as server, pytest.raises(ServerTrouble):
        listened(replace(SETTINGS, port=server.port, username=USER, password="a wrong one"), heard)
    assert [who for who, line in heard if line.startswith("535")] == ["S"]
    assert "a wrong one" not in str(heard)
    assert b64encode(b"a wrong one").decode() not in str(heard)


@contextmanager
def running(**options: Any) -> Iterator[SmtpServer]:
    server = SmtpServer(**options).start()
    try:
        yield server
    finally:
        server.stop()


def listened(settings: MailSettings, heard: Heard) -> None:
    """Send an email, and keep what was repeated of it."""
    transport = SmtpTransport(settings, "blog.example", lambda who, line: heard.append((who, line)))
    try:
        transport.send(email())
    finally:
        transport.disconnect()


def test_nobody_needs_to_listen(smtp_server: SmtpServer) -> None:
    transport = SmtpTransport(replace(SETTINGS, port=smtp_server.port), "blog.example")
    transport.send(email())
    transport.disconnect()
    assert len(smtp_server.delivered) == 1
