"""Delivery: from a due row to an email that left, or to the word that says why not."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from mail.office import Office, subjects
from microblog.db import Database
from microblog.mail import QueuedEmail, Result, Skip, State
from microblog.mail.backoff import LAST_CALL
from microblog.mail.delivery import BATCH
from microblog.mail.rendering import UNKNOWN_KIND
from support.clock import NOON, HeldClock
from support.notes import URGENT, Note, note_type
from support.smtp_server import HANG_UP, TAKE_AND_HANG_UP, Answer, SmtpServer


@pytest.fixture
def office(database: Database, clock: HeldClock, smtp_server: SmtpServer) -> Iterator[Office]:
    opened = Office(database, clock, smtp_server.port)
    yield opened
    opened.delivery.disconnect()


def test_an_email_the_server_takes_is_sent_and_keeps_reply_message_id_and_tries(
    office: Office, smtp_server: SmtpServer
) -> None:
    office.post("alice")
    assert office.delivery.deliver_batch() == 1
    (arrived,) = smtp_server.delivered
    email = office.row()
    assert (email.state, email.reply, email.tries, email.ended_at) == (State.SENT, "250 OK: letter 1", 1, NOON)
    assert arrived.message["Message-ID"] == email.message_id
    assert email.message_id is not None
    assert email.message_id.endswith("@blog.example>")
    assert email.lease is None


def test_a_sent_email_is_not_sent_again(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice")
    office.delivery.deliver_batch()
    office.clock.move(days=1)
    assert office.delivery.deliver_batch() == 0
    assert subjects(smtp_server) == ["alice"]


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_an_email_refused_for_good_is_failed_and_keeps_the_reply(
    office: Office, smtp_server: SmtpServer, stage: str
) -> None:
    setattr(smtp_server.script, stage, ["550 5.1.1 no such user"])
    office.post("alice", "bob")
    office.delivery.deliver_batch()
    assert office.states() == {"alice": State.FAILED, "bob": State.SENT}
    assert (office.row().reply, office.row().tries) == ("550 5.1.1 no such user", 1)
    assert subjects(smtp_server) == ["bob"]


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("mail", "451 4.3.0 not now"),
        ("rcpt", HANG_UP),
        ("rcpt", "421 4.3.2 closing"),
        ("data", "452 4.3.1 not now"),
        ("data", HANG_UP),
    ],
)
def test_an_email_not_taken_now_is_tried_again_with_growing_waits_until_it_is(
    office: Office, smtp_server: SmtpServer, stage: str, answer: str
) -> None:
    setattr(smtp_server.script, stage, [answer] * 3)
    office.post("alice")
    waits = []
    for tries in (1, 2, 3):
        before = office.clock.now
        assert office.turn_when_due() == 1
        assert (office.row().state, office.row().tries) == (State.WAITING, tries)
        waits.append((office.row().due_at - before).total_seconds())
        assert office.delivery.deliver_batch() == 0
    assert sorted(waits) == waits
    assert waits[-1] > 2 * waits[0] > 2
    office.turn_when_due()
    assert (office.row().state, office.row().tries) == (State.SENT, 4)
    assert subjects(smtp_server) == ["alice"]


def test_a_wait_the_server_names_is_kept(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.rcpt = ["450 4.2.0 greylisted, try again in 5 minutes"]
    office.post("alice")
    office.delivery.deliver_batch()
    assert office.row().due_at == NOON + timedelta(minutes=5)


@pytest.mark.parametrize("answer", [HANG_UP, TAKE_AND_HANG_UP])
def test_an_email_whose_fate_is_unknown_goes_again_under_the_same_message_id(
    office: Office, smtp_server: SmtpServer, answer: Answer
) -> None:
    smtp_server.script.data = [answer]
    office.post("alice")
    office.delivery.deliver_batch()
    first = office.row().message_id
    assert office.row().state == State.WAITING
    office.turn_when_due()
    assert office.row().state == State.SENT
    assert {email.message["Message-ID"] for email in smtp_server.delivered} == {first}
    assert len(smtp_server.delivered) == (2 if answer == TAKE_AND_HANG_UP else 1)


def test_no_two_emails_share_a_message_id(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice", "bob", "carol")
    office.delivery.deliver_batch()
    assert len({email.message["Message-ID"] for email in smtp_server.delivered}) == 3


def test_an_email_is_written_anew_for_each_try(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.data = ["451 not now"]
    office.post("alice")
    office.delivery.deliver_batch()
    office.turn_when_due()
    assert smtp_server.delivered[0].body("plain").strip() == "alice, writing no. 2"


def test_the_progress_of_one_try_is_there_for_the_next(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.data = ["451 not now"]
    office.post("alice")
    office.delivery.deliver_batch()
    assert office.row().progress == {"writings": 1}
    office.turn_when_due()
    assert office.row().progress == {"writings": 2}
    assert office.row().payload == {"name": "alice"}


def test_an_email_past_its_deadline_expires_and_is_never_sent(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice", ttl=timedelta(minutes=10))
    office.post("bob")
    office.clock.move(minutes=10)
    office.delivery.deliver_batch()
    assert office.states() == {"alice": State.EXPIRED, "bob": State.SENT}
    assert (office.row().tries, office.row().ended_at) == (0, office.clock.now)
    assert office.notes.written == ["bob"]
    assert subjects(smtp_server) == ["bob"]


def test_an_email_that_met_only_no_expires_at_its_deadline(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.rcpt = ["451 not now"] * 50
    office.post("alice", ttl=timedelta(minutes=10))
    for _ in range(50):
        if office.row().state == State.WAITING:
            office.turn_when_due()
    assert office.row().state == State.EXPIRED
    assert smtp_server.delivered == []


def test_a_writer_with_nothing_to_say_drops_the_email_with_its_reason(office: Office, smtp_server: SmtpServer) -> None:
    office.notes.before = lambda email: Skip("no_such_account") if email.payload.name == "alice" else None
    office.post("alice", "bob")
    office.delivery.deliver_batch()
    assert office.states() == {"alice": State.DROPPED, "bob": State.SENT}
    assert (office.row().reason, office.row().tries) == ("no_such_account", 0)
    assert subjects(smtp_server) == ["bob"]


def test_an_email_that_cannot_be_written_fails_alone(office: Office, smtp_server: SmtpServer) -> None:
    office.notes.before = stumble_over("bob")
    office.post("alice", "bob", "carol")
    office.delivery.deliver_batch()
    assert office.states() == {"alice": State.SENT, "bob": State.FAILED, "carol": State.SENT}
    assert office.row("bob").reply == "it could not be written (ZeroDivisionError)"
    assert subjects(smtp_server) == ["alice", "carol"]


def stumble_over(name: str) -> Callable[[QueuedEmail[Note]], Result | None]:
    def stumble(email: QueuedEmail[Note]) -> None:
        if email.payload.name == name:
            raise ZeroDivisionError

    return stumble


def test_an_email_of_a_kind_only_a_newer_version_knows_waits_for_it_in_nobodys_way(
    office: Office, smtp_server: SmtpServer
) -> None:
    office.post("alice", kind=note_type("unheard of"))
    office.post("bob")
    office.delivery.deliver_batch()
    assert office.states() == {"alice": State.WAITING, "bob": State.SENT}
    assert (office.row().tries, office.row().due_at) == (0, NOON + UNKNOWN_KIND)


def test_of_two_emails_with_one_key_only_the_newest_is_sent(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice", "bob", key="the same")
    office.post("carol", key="another")
    office.post("dave")
    office.delivery.deliver_batch()
    assert office.states() == {"alice": "dropped", "bob": "sent", "carol": "sent", "dave": "sent"}
    assert office.row().reason == "superseded"
    assert subjects(smtp_server) == ["bob", "carol", "dave"]


def test_an_older_email_is_not_sent_after_the_newer_one(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.rcpt = ["451 not now"]
    office.post("alice", key="the same")
    office.delivery.deliver_batch()
    office.post("bob", key="the same")
    office.delivery.deliver_batch()
    office.clock.move(minutes=5)
    office.delivery.deliver_batch()
    assert office.states() == {"alice": "dropped", "bob": "sent"}
    assert subjects(smtp_server) == ["bob"]


def test_what_a_replaced_email_remembers_goes_over_to_the_newer_one(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.rcpt = ["451 not now"]
    office.post("alice", key="the same")
    office.delivery.deliver_batch()
    office.post("bob", key="the same")
    office.clock.move(minutes=5)
    office.delivery.deliver_batch()
    assert office.row("bob").progress == {"writings": 2}


def test_a_wait_beyond_the_deadline_leaves_time_for_a_last_try(office: Office, smtp_server: SmtpServer) -> None:
    smtp_server.script.rcpt = ["451 try again in 50 minutes"]
    office.post("alice", ttl=timedelta(minutes=10))
    office.delivery.deliver_batch()
    assert office.row().due_at == office.row().expires_at - LAST_CALL
    office.turn_when_due()
    assert office.row().state == State.SENT


def test_urgent_emails_overtake_the_rest(office: Office, smtp_server: SmtpServer) -> None:
    office.post("alice", "bob")
    office.clock.move(minutes=1)
    office.post("carol", kind=URGENT)
    office.delivery.deliver_batch()
    assert subjects(smtp_server) == ["carol", "alice", "bob"]


def test_one_turn_takes_one_batch(office: Office, smtp_server: SmtpServer) -> None:
    office.post(*[f"n{number}" for number in range(BATCH + 1)])
    assert [office.delivery.deliver_batch() for _ in range(3)] == [BATCH, 1, 0]
    assert len(set(subjects(smtp_server))) == BATCH + 1
    assert smtp_server.connections == 1
