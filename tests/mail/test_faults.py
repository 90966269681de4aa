"""Whatever a mail server does: nothing is lost, nothing doubled but where a doubt is, and no other email harmed."""

import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlalchemy import delete, event

from mail.fault_table import FAULTS, NO_TRUST, SHORT, Bob, Fault, Line
from mail.office import SETTINGS, Office
from mail.test_smtp_tls import EXPIRED, LOGIN, context_for
from microblog.db import Database
from microblog.mail import Email
from microblog.mail.compose import Envelope
from microblog.mail.replies import Reply
from microblog.mail.smtp import SmtpTransport
from support.clock import HeldClock
from support.running import free_port
from support.smtp_server import (
    HANG_UP,
    RESET,
    TAKE_AND_HANG_UP,
    TAKE_AND_RESET,
    Given,
    Rule,
    Script,
    SmtpServer,
    closing,
)

MOST_TURNS = 30
DAY = timedelta(days=1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database of each kind for all rows."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("faults") / "microblog.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            url = f"sqlite:///{path}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgres").fresh())
        opened = Database(url)
        stack.callback(opened.close)
        quick = "SET synchronous_commit = off" if opened.is_postgresql else "PRAGMA synchronous = OFF"
        event.listen(opened.engine, "connect", lambda connection, _: carefree(connection, quick))
        yield opened


def carefree(connection: Any, quick: str) -> None:
    """Wait for no disk: there is no power cut in this table, and some thousand commits."""
    connection.cursor().execute(quick)
    connection.commit()


@pytest.fixture
def database(shared_database: Database) -> Database:
    """That database, with an empty outbox."""
    with shared_database.writing() as session:
        session.execute(delete(Email))
    return shared_database


@pytest.fixture(scope="module")
def certificates(authority: trustme.CA) -> dict[str, trustme.LeafCert]:
    """What a server may show; `authority` is the one that is trusted."""
    return {
        "good": authority.issue_cert("localhost"),
        "self-signed": trustme.CA().issue_cert("localhost"),
        "unknown authority": trustme.CA().create_child_ca().issue_cert("localhost"),
        "other name": authority.issue_cert("elsewhere.example"),
        "expired": authority.issue_cert("localhost", not_before=EXPIRED, not_after=EXPIRED.replace(year=2021)),
    }


@contextmanager
def running(fault: Fault, certificates: dict[str, trustme.LeafCert]) -> Iterator[SmtpServer]:
    """Start the mail server of a row."""
    shown = "none" if fault.line is Line.CLEAR else fault.certificate
    server = SmtpServer(
        tls=None if shown == "none" else context_for(certificates[shown]),
        implicit_tls=fault.line is Line.IMPLICIT and shown != "none",
        login=LOGIN if fault.login else None,
        utf8="SMTPUTF8" not in fault.lacks,
        lacks=fault.lacks,
    )
    server.script = Script(rules=[replace(rule) for rule in fault.rules])
    server.letters_per_connection = fault.emails_per_connection
    server.over = fault.over or server.over
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Impatient(SmtpTransport):
    """Waits but a moment where the server has a silence to come, and as long as usual for whatever comes after it."""

    rules: Sequence[Rule] = ()

    def send(self, envelope: Envelope) -> Reply:
        silence = any(rule.given < rule.times for rule in self.rules)
        self._settings = replace(self._settings, timeout=SHORT if silence else SETTINGS.timeout)
        if self._smtp:
            self._smtp.timeout = self._settings.timeout
        return super().send(envelope)


def line_to(fault: Fault, server: SmtpServer, authority_file: Path) -> SmtpTransport:
    settings = replace(
        SETTINGS,
        server="localhost",
        port=server.port,
        starttls=fault.line is Line.STARTTLS,
        implicit_tls=fault.line is Line.IMPLICIT,
        ca_file=authority_file,
        timeout=SHORT if fault.silent else SETTINGS.timeout,
        username=LOGIN[0] if fault.login else "",
        password=LOGIN[1] if fault.login else "",
    )
    if not fault.silent:
        return SmtpTransport(settings, "blog.example")
    line = Impatient(settings, "blog.example")
    line.rules = server.script.rules
    return line


def office_with(transport: SmtpTransport, database: Database, clock: HeldClock) -> Office:
    office = Office(database, clock, port=0)
    office.transport = transport
    office.delivery = office.another()
    return office


def play(office: Office, server: SmtpServer, fault: Fault) -> list[dict[str, str]]:
    """Post both emails and take turns until both have ended, or three times where that never comes."""
    office.post(fault.alice, "bob", ttl=DAY)
    strangers = [socket.create_connection(("localhost", server.port)) for _ in range(fault.others)]
    if strangers:
        server.wait_until(lambda: len(server.open) == len(strangers))
        server.most_connections = len(strangers)
    seen: list[dict[str, str]] = []
    for _ in range(3 if fault.bob is Bob.NEVER else MOST_TURNS):
        office.turn_when_due()
        seen.append(office.states())
        for stranger in strangers:
            stranger.close()
            server.most_connections = None
        if not {"waiting", "sending"}.intersection(seen[-1].values()):
            break
    office.delivery.disconnect()
    return seen


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_server_that(
    fault: Fault,
    database: Database,
    clock: HeldClock,
    certificates: dict[str, trustme.LeafCert],
    authority_file: Path,
) -> None:
    with running(fault, certificates) as server:
        office = office_with(line_to(fault, server, authority_file), database, clock)
        seen = play(office, server, fault)
    alice, bob = office.row(fault.alice), office.row("bob")
    copies = {name: server.copies.get(f"{name}@example.com", []) for name in (fault.alice, "bob")}
    assert (alice.state, alice.tries, len(copies[fault.alice])) == (fault.state, fault.tries, fault.received)
    assert set(copies[fault.alice]) <= {alice.message_id}
    if fault.bob is Bob.NEVER:
        assert (bob.state, bob.tries, copies["bob"]) == ("waiting", 0, [])
        assert server.logins == []
    else:
        assert (bob.state, bob.tries, copies["bob"]) == ("sent", 1, [bob.message_id])
        assert seen[0]["bob"] == ("sent" if fault.bob is Bob.AT_ONCE else "waiting")


def test_the_table_is_as_long_as_it_should_be_and_no_row_stands_twice() -> None:
    assert len(FAULTS) >= 40
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert set(NO_TRUST) <= {fault.certificate for fault in FAULTS}


def test_a_server_that_is_away_gets_every_email_once_when_it_is_back(database: Database, clock: HeldClock) -> None:
    server = SmtpServer(port=free_port())
    office = office_with(SmtpTransport(replace(SETTINGS, port=server.port), "blog.example"), database, clock)
    office.post("alice", "bob", ttl=DAY)
    for _ in range(3):
        office.turn_when_due()
    assert office.states() == {"alice": "waiting", "bob": "waiting"}
    server.start()
    while "waiting" in office.states().values():
        office.turn_when_due()
    server.stop()
    office.post("carol", ttl=DAY)
    office.turn_when_due()
    server.start()
    while "waiting" in office.states().values():
        office.turn_when_due()
    office.delivery.disconnect()
    server.stop()
    assert {to: len(ids) for to, ids in server.copies.items()} == {
        f"{name}@example.com": 1 for name in ("alice", "bob", "carol")
    }
    assert [office.row(name).tries for name in ("alice", "bob", "carol")] == [1, 1, 1]


TROUBLES: list[tuple[str, Given]] = [
    ("greeting", closing("421 4.3.2 too busy")),
    ("ehlo", HANG_UP),
    ("mail", closing("421 4.7.0 slow down")),
    ("mail", "451 4.3.0 not now"),
    ("rcpt", "450 4.2.0 greylisted"),
    ("rcpt", HANG_UP),
    ("go_ahead", RESET),
    ("letter", HANG_UP),
    ("data", "452 4.3.1 no room"),
    ("data", HANG_UP),
    ("rset", HANG_UP),
]


def test_a_server_that_fails_now_and_then_at_every_stage_gets_every_email_once(
    database: Database, clock: HeldClock, smtp_server: SmtpServer
) -> None:
    names = through_trouble(database, clock, smtp_server, TROUBLES)
    assert {to: len(ids) for to, ids in smtp_server.copies.items()} == {f"{name}@example.com": 1 for name in names}


def test_a_server_that_breaks_off_after_taking_gets_an_email_again_only_under_its_message_id(
    database: Database, clock: HeldClock, smtp_server: SmtpServer
) -> None:
    doubts: list[tuple[str, Given]] = [("data", TAKE_AND_HANG_UP), ("data", TAKE_AND_RESET)]
    names = through_trouble(database, clock, smtp_server, TROUBLES + doubts)
    taken = smtp_server.copies
    assert set(taken) == {f"{name}@example.com" for name in names}
    assert all(len(set(ids)) == 1 for ids in taken.values())
    doubtful = sum(rule.given for rule in smtp_server.script.rules[len(TROUBLES) :])
    assert sum(len(ids) for ids in taken.values()) == len(names) + doubtful


def through_trouble(
    database: Database, clock: HeldClock, server: SmtpServer, troubles: list[tuple[str, Given]]
) -> list[str]:
    """Post twenty emails to a server that fails now and then at each stage, and take turns until all are sent."""
    for stage, given in troubles:
        server.on(stage, given, share=0.15)
    office = office_with(SmtpTransport(replace(SETTINGS, port=server.port), "blog.example"), database, clock)
    names = [f"member{number}" for number in range(20)]
    office.post(*names, ttl=DAY)
    while "waiting" in office.states().values():
        office.turn_when_due()
    office.delivery.disconnect()
    assert set(office.states().values()) == {"sent"}
    assert sum(rule.given for rule in server.script.rules) > 5
    return names
