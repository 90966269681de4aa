"""Name and ports of the mail server: what answers, and which settings would do."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from mail.office import SETTINGS
from microblog.ops.doctor.ports import Reach, check_ports, check_server_name, probe_port, probe_ports
from support.running import free_port

OPEN, CLOSED, SILENT = Reach.OPEN, Reach.CLOSED, Reach.SILENT
NOBODY = {2525: SILENT, 465: SILENT, 25: SILENT}
TLS = {"starttls": True}
SSL = {"implicit_tls": True}

CASES: list[tuple[int, Mapping[str, bool], Mapping[int, Reach], str, str]] = [
    (587, TLS, {587: OPEN}, "OK", "Port 587 answers."),
    (587, TLS, {587: OPEN, **NOBODY}, "OK", "Of the others, none does."),
    (587, TLS, {587: OPEN, **NOBODY, 465: OPEN}, "OK", "Of the others, 465 does."),
    (587, TLS, {587: OPEN, 2525: OPEN, 465: OPEN, 25: SILENT}, "OK", "Of the others, 2525, 465 do."),
    (
        587,
        TLS,
        {587: SILENT, **NOBODY, 2525: OPEN},
        "FAIL",
        "does not answer, but 2525 does. Your host seems to block it",
    ),
    (587, TLS, {587: SILENT, **NOBODY, 2525: OPEN}, "FAIL", "Set MAIL_PORT=2525 and MAIL_USE_TLS=yes"),
    (
        587,
        TLS,
        {587: CLOSED, **NOBODY, 465: OPEN},
        "FAIL",
        "is closed, but 465 does.|MAIL_PORT=465 and MAIL_USE_SSL=yes",
    ),
    (587, TLS, {587: SILENT, 465: OPEN, 25: OPEN, 2525: OPEN}, "FAIL", "465, 25, 2525 do.|Set MAIL_PORT=2525"),
    (465, SSL, {465: SILENT, 587: OPEN, 2525: OPEN}, "FAIL", "587, 2525 do.|Set MAIL_PORT=587 and MAIL_USE_TLS=yes"),
    (2465, SSL, {2465: SILENT, 587: OPEN, 465: OPEN}, "FAIL", "Set MAIL_PORT=465 and MAIL_USE_SSL=yes"),
    (587, TLS, {587: SILENT, **NOBODY}, "FAIL", "neither does 2525, 465, 25. Your host seems to block outgoing mail"),
    (587, TLS, {587: SILENT}, "FAIL", "Ask your host whether it blocks outgoing mail"),
    (8025, {}, {8025: CLOSED, **NOBODY}, "FAIL", "nothing listens there.|Compare MAIL_SERVER and MAIL_PORT"),
]


@pytest.mark.parametrize(("port", "tls", "found", "level", "words"), CASES)
def test_what_answers_decides_what_to_set(
    port: int, tls: Mapping[str, bool], found: Mapping[int, Reach], level: str, words: str
) -> None:
    mail = replace(
        SETTINGS, server="mail.example", port=port, starttls="starttls" in tls, implicit_tls="implicit_tls" in tls
    )
    finding = check_ports(mail, found)
    assert finding.level == level
    assert all(word in f"{finding.words} {finding.remedy}" for word in words.split("|")), finding


@pytest.fixture
def listening() -> Iterator[int]:
    """A port that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that is as silent as one behind a firewall: its queue is full, so nothing more is let in."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield int(server.getsockname()[1])
        for one in crowd:
            one.close()


def test_ports_are_knocked_at_together(listening: int, silent: int) -> None:
    closed = free_port()
    found = probe_ports("localhost", (listening, closed, silent, listening), 1)
    assert found == {listening: OPEN, closed: CLOSED, silent: SILENT}


def test_a_name_that_is_none_is_silent() -> None:
    assert probe_port("nowhere.invalid", 25, 1) is SILENT


def test_the_servers_name_is_looked_up_as_delivery_does() -> None:
    assert check_server_name("localhost").words.startswith("localhost is at 127.0.0.1")
    assert check_server_name("192.0.2.7").words == "192.0.2.7 is at 192.0.2.7"
    for name in ("nowhere.invalid", "x" * 64 + ".invalid"):
        finding = check_server_name(name)
        assert (finding.level, finding.words) == ("FAIL", f"No address was found for {name}.")
