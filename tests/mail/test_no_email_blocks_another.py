"""Whatever is wrong with one email, the others go out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mail.office import SENDER, SETTINGS, Office, subjects, to
from microblog.db import Database
from microblog.identity import Account
from microblog.mail import QueuedEmail
from microblog.mail.compose import Envelope
from microblog.mail.delivery import Delivery
from microblog.mail.replies import Reply
from microblog.mail.smtp import SmtpTransport
from microblog.recovery.ask import ask
from microblog.settings import load
from microblog.web import pages_of
from microblog.worker import all_renderers
from support.clock import NOON, HeldClock
from support.notes import Note
from support.running import free_port
from support.smtp_server import SmtpServer


@pytest.fixture
def office(database: Database, clock: HeldClock, smtp_server: SmtpServer) -> Iterator[Office]:
    opened = Office(database, clock, smtp_server.port)
    yield opened
    opened.delivery.disconnect()


class Clumsy(SmtpTransport):
    """Has a fault that one email finds."""

    def send(self, envelope: Envelope) -> Reply:
        if envelope.recipient == to("alice"):
            raise ZeroDivisionError
        return super().send(envelope)


def test_a_fault_in_the_sending_of_one_email_keeps_no_other_back(office: Office, smtp_server: SmtpServer) -> None:
    office.transport = Clumsy(replace(SETTINGS, port=smtp_server.port), "blog.example")
    office.post("alice", "bob", "carol")
    office.another().deliver_batch()
    office.transport.disconnect()
    assert subjects(smtp_server) == ["bob", "carol"]
    assert (office.states()["alice"], office.row().tries) == ("waiting", 1)


def test_an_email_the_database_will_not_have_keeps_no_other_back(office: Office, smtp_server: SmtpServer) -> None:
    def write(email: QueuedEmail[Note]) -> None:
        if email.payload.name == "alice":
            with office.database.reading() as session:
                session.execute(text("SELECT no_such_column FROM outbox"))

    office.notes.before = write
    office.post("alice", "bob", "carol")
    office.delivery.deliver_batch()
    assert subjects(smtp_server) == ["bob", "carol"]
    assert office.states()["alice"] == "waiting"
    assert "alice@" not in str(office.row().reply)


def test_a_recipient_for_whom_the_server_always_wants_a_login_keeps_no_other_back(
    office: Office, smtp_server: SmtpServer
) -> None:
    """A relay that takes local recipients, and answers 530 for others."""
    office.post("alice", "bob", "carol")
    smtp_server.script.rcpt = ["530 5.7.1 client was not authenticated"]
    office.delivery.deliver_batch()
    assert subjects(smtp_server) == []
    office.turn_when_due()
    office.delivery.deliver_batch()
    assert sorted(subjects(smtp_server)) == ["bob", "carol"]  # they were posted at one moment: neither is first
    assert office.states()["alice"] == "waiting"


def test_somebody_who_asks_often_while_the_server_is_down_gets_one_email_once_it_is_up(
    database: Database, clock: HeldClock, tmp_path: Path
) -> None:
    port = free_port()
    settings = load({"MICROBLOG_DATA": str(tmp_path), "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port)})
    transport = SmtpTransport(settings.mail, "blog.example")
    delivery = Delivery(database, all_renderers(settings, pages_of(settings.public_url)), transport, SENDER, clock)
    with database.writing() as session:
        session.add(member())
    for _ in range(2 * (settings.limits.reset_per_identifier.times or 1)):
        with database.writing() as session:
            ask(session, "alice", clock())
        delivery.deliver_batch()
        clock.move(seconds=40)
    server = SmtpServer(port=port).start()
    for _ in range(5):
        delivery.deliver_batch()
        clock.move(minutes=1)
    delivery.disconnect()
    server.stop()
    assert len(server.delivered) == 1


def member() -> Account:
    return Account(
        username="alice",
        username_key="alice",
        email=to("alice"),
        email_key=to("alice"),
        password_hash="none",
        created_at=NOON,
    )
