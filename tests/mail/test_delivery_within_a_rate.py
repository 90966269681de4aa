"""MAIL_RATE: delivery stays within what the provider allows, and a recovery email still gets through."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mail.office import SENDER, SETTINGS, Office, subjects
from microblog.db import Database
from microblog.mail.delivery import Delivery
from microblog.mail.smtp import SmtpTransport
from microblog.settings import Rate
from support.clock import HeldClock
from support.notes import URGENT
from support.running import free_port
from support.smtp_server import SmtpServer

TEN_A_MINUTE = Rate(10, 60)
NAMES = [f"n{number}" for number in range(30)]


@pytest.fixture
def office(database: Database, clock: HeldClock, smtp_server: SmtpServer) -> Iterator[Office]:
    opened = Office(database, clock, smtp_server.port)
    yield opened
    opened.transport.disconnect()


def limited(office: Office, rate: Rate = TEN_A_MINUTE) -> Delivery:
    """A worker's delivery that keeps to that rate."""
    return Delivery(office.database, office.notes.types, office.transport, SENDER, office.clock, rate=rate)


def all_turns(delivery: Delivery) -> None:
    while delivery.deliver_batch():
        pass


def test_emails_beyond_the_budget_wait_and_leave_when_there_is_room_again(
    office: Office, smtp_server: SmtpServer
) -> None:
    one, two = limited(office), limited(office)
    office.post(*NAMES)
    for delivery in (one, two):
        all_turns(delivery)
    assert len(smtp_server.delivered) == 8
    wait = one.wait()
    assert wait is not None
    assert 60 <= wait < 70
    office.clock.move(seconds=wait)
    all_turns(one)
    assert len(smtp_server.delivered) == 16


def test_a_share_is_kept_for_recovery_emails(office: Office, smtp_server: SmtpServer) -> None:
    delivery = limited(office)
    office.post(*NAMES)
    all_turns(delivery)
    office.post("alice", "bob", "carol", kind=URGENT)
    all_turns(delivery)
    assert subjects(smtp_server)[8:] == ["alice", "bob"]


def test_an_email_that_is_not_handed_over_costs_nothing(database: Database, clock: HeldClock) -> None:
    port = free_port()
    office = Office(database, clock, port)
    delivery = limited(office)
    office.post(*NAMES)
    for _ in range(40):
        all_turns(delivery)
        clock.move(seconds=1)
    server = SmtpServer(port=port).start()
    clock.move(seconds=40)
    delivery.deliver_batch()
    all_turns(delivery)
    office.transport.disconnect()
    server.stop()
    assert len(server.delivered) == 8


def test_a_batch_long_in_hand_keeps_to_the_rate_at_the_time_it_leaves(office: Office, smtp_server: SmtpServer) -> None:
    """Ten a second, and a server that takes its time: what is left of a batch belongs to the next seconds."""

    class Slow(SmtpTransport):
        def send(self, envelope: object) -> object:  # type: ignore[override]
            office.clock.move(seconds=0.15)
            left_at.append(office.clock.now.timestamp())
            return super().send(envelope)  # type: ignore[arg-type]

    left_at: list[float] = []
    office.transport = Slow(replace(SETTINGS, port=smtp_server.port), "blog.example")
    delivery = limited(office, Rate(5, 1))
    office.post(*NAMES)
    while len(smtp_server.delivered) < len(NAMES):
        delivery.deliver_batch()
        office.clock.move(seconds=0.01)
    assert max(sum(at <= other < at + 1 for other in left_at) for at in left_at) <= 5
    assert {office.row(name).tries for name in NAMES} == {1}
