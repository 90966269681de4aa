"""Delivery when the mail server is in trouble, a worker is told to stop, or a lease is lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from mail.office import SETTINGS, Office, subjects
from microblog.db import Database
from microblog.mail import State
from microblog.mail.compose import Envelope
from microblog.mail.leases import LEASE_TIME, Begun, begin, take
from microblog.mail.replies import Reply
from microblog.mail.smtp import SmtpTransport
from support.clock import NOON, HeldClock
from support.running import free_port
from support.smtp_server import HANG_UP, SmtpServer

NAMES = ("alice", "bob", "carol")
ALL_SENT = dict.fromkeys(NAMES, "sent")
ALL_WAITING = dict.fromkeys(NAMES, "waiting")


@pytest.fixture
def office(database: Database, clock: HeldClock, smtp_server: SmtpServer) -> Iterator[Office]:
    opened = Office(database, clock, smtp_server.port)
    yield opened
    opened.delivery.disconnect()


def test_while_the_server_is_down_it_is_left_alone_and_no_email_is_blamed(database: Database, clock: HeldClock) -> None:
    office = Office(database, clock, free_port())
    office.post(*NAMES)
    for _ in range(5):
        office.turn_when_due()
    assert office.states() == ALL_WAITING
    assert [office.row(name).tries for name in NAMES] == [0, 0, 0]
    assert office.row().reply == "connecting: nothing listens there (connection refused)"


def test_a_server_that_is_down_is_asked_less_and_less_often(database: Database, clock: HeldClock) -> None:
    office = Office(database, clock, free_port())
    office.post(*NAMES)
    pauses = []
    for _ in range(8):
        office.turn_when_due()
        assert office.delivery.deliver_batch() == 0
        pauses.append((office.delivery.next_due() or NOON) - clock.now)
    assert pauses[0] < timedelta(seconds=2)
    assert pauses[0] < pauses[2] < pauses[4]
    assert max(pauses) <= timedelta(seconds=36)


def test_once_the_server_is_up_again_all_emails_leave(database: Database, clock: HeldClock) -> None:
    port = free_port()
    office = Office(database, clock, port)
    office.post(*NAMES)
    for _ in range(3):
        office.turn_when_due()
    server = SmtpServer(port=port).start()
    try:
        while "waiting" in office.states().values():
            office.turn_when_due()
        assert sorted(subjects(server)) == sorted(NAMES)
        assert [office.row(name).tries for name in NAMES] == [1, 1, 1]
    finally:
        office.delivery.disconnect()
        server.stop()


@pytest.mark.parametrize("greeting", ["421 4.3.2 too busy", "554 5.7.1 not you"])
def test_a_server_that_turns_us_away_is_left_alone_and_no_email_is_blamed(
    office: Office, smtp_server: SmtpServer, greeting: str
) -> None:
    smtp_server.script.greeting = greeting
    office.post(*NAMES)
    office.delivery.deliver_batch()
    assert office.states() == ALL_WAITING
    assert (office.row().tries, office.row().reply) == (0, greeting)
    assert smtp_server.connections == 1
    smtp_server.script.greeting = None
    while "waiting" in office.states().values():
        office.turn_when_due()
    assert sorted(subjects(smtp_server)) == sorted(NAMES)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("mail", "530 5.7.0 authentication required"),
        ("rcpt", "535 5.7.8 wrong password"),
        ("data", "535 5.7.8 wrong password"),
    ],
)
def test_a_login_the_server_wants_is_no_emails_fault(
    office: Office, smtp_server: SmtpServer, stage: str, answer: str
) -> None:
    setattr(smtp_server.script, stage, [answer])
    office.post(*NAMES)
    office.delivery.deliver_batch()
    assert office.states() == ALL_WAITING
    assert [office.row(name).tries for name in NAMES] == [0, 0, 0]
    assert office.row().reply == answer
    while "waiting" in office.states().values():
        office.turn_when_due()
    assert sorted(subjects(smtp_server)) == sorted(NAMES)


@pytest.mark.parametrize("answer", ["550 5.7.1 sender not allowed", "553 5.7.1 sender not verified"])
def test_a_sender_the_server_refuses_is_no_emails_fault(office: Office, smtp_server: SmtpServer, answer: str) -> None:
    smtp_server.script.mail = [answer]
    office.post(*NAMES)
    office.delivery.deliver_batch()
    assert office.states() == ALL_WAITING
    assert (office.row().tries, office.row().reply) == (0, answer)


def test_an_email_that_leaves_forgives_the_server_its_failures(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice")
    smtp_server.script.mail = ["550 5.7.1 sender not allowed"] * 4
    for _ in range(5):
        office.turn_when_due()
    assert office.states() == {"alice": "sent"}
    assert (office.delivery.breaker.until, office.delivery.breaker.failures) == (None, 0)


def test_an_email_still_expires_while_the_server_is_down(database: Database, clock: HeldClock) -> None:
    office = Office(database, clock, free_port())
    office.post("alice", ttl=timedelta(minutes=10))
    while clock.now < NOON + timedelta(minutes=10) or office.states() == {"alice": "waiting"}:
        office.turn_when_due() if office.delivery.next_due() else clock.move(minutes=1)
    assert office.row().state == State.EXPIRED


def test_a_worker_told_to_stop_finishes_the_email_in_hand_and_gives_back_the_rest_untouched(
    office: Office, smtp_server: SmtpServer
) -> None:
    office.post(*NAMES)
    office.delivery.deliver_batch(lambda: bool(smtp_server.delivered))
    assert office.states() == {"alice": "sent", "bob": "waiting", "carol": "waiting"}
    for name in ("bob", "carol"):
        row = office.row(name)
        assert (row.tries, row.lease, row.reply, row.due_at) == (0, None, None, NOON)
    assert office.another().deliver_batch() == 2
    assert subjects(smtp_server) == list(NAMES)


def test_an_email_taken_over_before_its_try_is_not_sent_by_the_first_worker(
    office: Office, smtp_server: SmtpServer
) -> None:
    office.post("alice", "bob")
    other = office.another()
    late: list[int] = []

    def slow() -> bool:
        """Let the lease run out before the first email is begun; the other worker then does both."""
        if not late:
            office.clock.move(seconds=LEASE_TIME.total_seconds())
            late.append(other.deliver_batch())
        return False

    office.delivery.deliver_batch(slow)
    assert late == [2]
    assert sorted(subjects(smtp_server)) == ["alice", "bob"]
    assert office.states() == {"alice": "sent", "bob": "sent"}
    assert [office.row(name).tries for name in ("alice", "bob")] == [1, 1]


class Slow(SmtpTransport):
    """Takes its time over each email; `meanwhile` happens."""

    meanwhile: Callable[[], object]

    def send(self, envelope: Envelope) -> Reply:
        self.meanwhile()
        return super().send(envelope)


def test_a_renewed_lease_keeps_other_workers_away(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice")
    other = office.another()
    slow = Slow(replace(SETTINGS, port=smtp_server.port), "blog.example")
    office.transport = slow
    mine = office.another()
    found: list[int] = []

    def longer_than_a_lease() -> None:
        for _ in range(2):
            office.clock.move(seconds=LEASE_TIME.total_seconds() - 1)
            mine.renew()
            found.append(other.deliver_batch())

    slow.meanwhile = longer_than_a_lease
    mine.deliver_batch()
    slow.disconnect()
    assert found == [0, 0]
    assert subjects(smtp_server) == ["alice"]


def test_what_was_written_too_long_ago_is_given_back_and_written_anew(office: Office, smtp_server: SmtpServer) -> None:
    """The second email has lain for two seconds when its turn comes; its link would be that much older."""
    office.post("alice", "bob")
    slow = Slow(replace(SETTINGS, port=smtp_server.port), "blog.example")
    slow.meanwhile = lambda: office.clock.move(seconds=2)
    office.transport = slow
    mine = office.another()
    mine.deliver_batch()
    assert office.states() == {"alice": "sent", "bob": "waiting"}
    mine.deliver_batch()
    slow.disconnect()
    assert office.notes.written == ["alice", "bob", "bob"]
    assert (office.states()["bob"], office.row("bob").tries) == ("sent", 1)


def test_a_dead_workers_email_goes_out_under_its_message_id_when_the_lease_runs_out(
    office: Office, smtp_server: SmtpServer
) -> None:
    office.post("alice")
    with office.database.writing() as session:
        (lease,) = take(session, "a worker that dies", 1, NOON)
        begin(session, [Begun(lease, "<1@blog.example>", lease.email.to, None, lease.email.progress)])
    assert office.delivery.deliver_batch() == 0
    assert office.turn_when_due() == 1
    assert office.clock.now == NOON + LEASE_TIME
    assert smtp_server.delivered[0].message["Message-ID"] == "<1@blog.example>"
    assert (office.row().state, office.row().tries) == (State.SENT, 2)


def test_a_connection_lost_between_emails_costs_no_try(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice")
    office.delivery.deliver_batch()
    smtp_server.script.mail = [HANG_UP]
    office.post("bob")
    office.delivery.deliver_batch()
    assert office.states() == {"alice": "sent", "bob": "sent"}
    assert office.row("bob").tries == 1


def test_what_is_posted_while_the_server_is_left_alone_waits_for_that_too(
    office: Office, smtp_server: SmtpServer
) -> None:
    smtp_server.script.mail = ["550 5.7.1 sender not allowed"]
    office.post("alice")
    office.delivery.deliver_batch()
    office.post("bob")
    due, left = office.delivery.next_due(), office.delivery.breaker.seconds_left(office.clock.steady())
    assert due == NOON + timedelta(seconds=left)
    assert office.delivery.deliver_batch() == 0


@pytest.mark.parametrize("answer", ["421 4.3.2 closing", HANG_UP])
def test_a_new_connection_that_breaks_before_any_email_is_no_emails_fault(
    office: Office, smtp_server: SmtpServer, answer: str
) -> None:
    smtp_server.script.mail = [answer]
    office.post(*NAMES)
    office.delivery.deliver_batch()
    assert office.states() == ALL_WAITING
    assert [office.row(name).tries for name in NAMES] == [0, 0, 0]
