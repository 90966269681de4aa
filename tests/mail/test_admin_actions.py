"""The operator's hand on emails that are stuck: another try, or none at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from mail.office import SENDER, Office
from mail.rows import taken
from microblog.db import Database
from microblog.mail import State
from microblog.mail.admin import ActionRefused, NoSuchEmail, Outcome, all_tries, drop, entry, release, retry
from microblog.mail.admin.actions import update_as_found
from microblog.mail.compose import Envelope
from microblog.mail.delivery import Delivery
from microblog.mail.notifier import LocalNotifier
from microblog.mail.replies import Reply
from support.clock import NOON, HeldClock
from support.outbox import DAY, email_in, put_email
from support.smtp_server import SmtpServer

HOUR = timedelta(hours=1)
ENDED = [State.SENT, State.FAILED, State.EXPIRED, State.DROPPED]
FORGOTTEN: dict[str, Any] = {"to": "", "payload": {}}


BY = "account id=1"


def changed(database: Database, action: Callable[[Database, int, datetime, str], Outcome], number: int) -> Outcome:
    return action(database, number, NOON, BY)


def test_a_number_no_email_has_changes_none(database: Database) -> None:
    put_email(database)
    for number in (-1, 0, 2, 2**63, 10**30):
        for attempt in (retry, drop, release):
            with pytest.raises(NoSuchEmail, match="no_such_email"):
                changed(database, attempt, number)


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.DROPPED])
def test_an_email_that_was_not_sent_is_tried_again_for_as_long_as_at_first(database: Database, state: State) -> None:
    facts = {"identifier": "alice"}
    number = put_email(database, state, "550 no", queued_at=NOON - 9 * DAY, reason="no", counted=True, payload=facts)
    assert changed(database, retry, number) is Outcome.DUE
    email = email_in(database, number)
    assert (email.state, email.due_at, email.expires_at) == (State.WAITING, NOON, NOON + DAY)
    assert (email.ended_at, email.reply, email.reason, email.counted) == (None, None, "", False)
    assert (email.tries, email.payload) == (1, facts)
    with database.reading() as session:
        assert [one.reply for one in all_tries(session, number)] == ["550 no"]


def test_an_email_that_was_refused_and_is_tried_again_keeps_the_words_it_was_refused_with(database: Database) -> None:
    number = put_email(database, State.FAILED, "450 later", "550 no", reason="refused")
    changed(database, retry, number)
    with database.reading() as session:
        tries = [(one.number, one.state, one.reply) for one in all_tries(session, number)]
    assert tries == [(1, "waiting", "450 later"), (2, "failed", "550 no")]


def test_an_email_tried_again_twice_gets_no_longer_than_at_first(database: Database) -> None:
    number = put_email(database, State.EXPIRED, queued_at=NOON - 9 * DAY)
    changed(database, retry, number)
    drop(database, number, NOON + DAY, BY)
    retry(database, number, NOON + 2 * DAY, BY)
    assert email_in(database, number).expires_at == NOON + 3 * DAY


def test_an_email_that_waits_is_due_now_and_keeps_its_deadline_and_its_last_words(database: Database) -> None:
    posted = NOON - HOUR
    number = put_email(database, State.WAITING, "450 later", queued_at=posted, due_at=NOON + HOUR)
    changed(database, retry, number)
    email = email_in(database, number)
    assert (email.state, email.due_at, email.expires_at) == (State.WAITING, NOON, posted + DAY)
    assert (email.queued_at, email.reply) == (posted, "450 later")


@pytest.mark.parametrize(("state", "code"), [(State.SENT, "email_sent"), (State.SENDING, "email_being_sent")])
def test_an_email_that_was_sent_or_is_being_sent_is_never_tried_again(
    database: Database, state: State, code: str
) -> None:
    number = put_email(database, state)
    with pytest.raises(ActionRefused, match=code):
        changed(database, retry, number)
    assert email_in(database, number).state == state


def test_an_email_whose_facts_are_gone_cannot_be_tried_again(database: Database) -> None:
    number = put_email(database, State.FAILED, **FORGOTTEN)
    with pytest.raises(ActionRefused, match="email_forgotten"):
        changed(database, retry, number)
    assert email_in(database, number).state == State.FAILED


@pytest.mark.parametrize(
    ("state", "outcome"), [(State.WAITING, Outcome.DROPPED), (State.SENDING, Outcome.DROPPED_IN_HAND)]
)
def test_an_email_on_its_way_is_dropped(database: Database, state: State, outcome: Outcome) -> None:
    number = put_email(database, state, "450 later")
    assert changed(database, drop, number) is outcome
    email = email_in(database, number)
    assert (email.state, email.reason, email.ended_at) == (State.DROPPED, "dropped_by_operator", NOON)
    assert email.lease is None


def test_an_email_that_ended_cannot_be_dropped(database: Database) -> None:
    for state in ENDED:
        number = put_email(database, state, queued_at=NOON - HOUR)
        with pytest.raises(ActionRefused, match="email_ended"):
            changed(database, drop, number)
        assert email_in(database, number).ended_at == NOON - HOUR


@dataclass
class Hand:
    """A line to a mail server, and an operator who drops each email in the moment in which it leaves."""

    office: Office

    def send(self, envelope: Envelope) -> Reply:
        drop(self.office.database, 1, NOON, BY)
        return self.office.transport.send(envelope)

    def disconnect(self) -> None:
        self.office.transport.disconnect()


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (None, State.SENT, ""),
        ("550 5.1.1 nobody", State.DROPPED, "dropped_by_operator"),
        ("450 4.2.0 later", State.DROPPED, "dropped_by_operator"),
    ],
)
def test_an_email_dropped_while_a_worker_sends_it_ends_as_dropped_unless_it_left(
    database: Database, clock: HeldClock, smtp_server: SmtpServer, answer: str | None, state: State, reason: str
) -> None:
    office = Office(database, clock, smtp_server.port)
    smtp_server.script.rcpt = [answer]
    office.post("alice")
    Delivery(database, office.notes.types, Hand(office), SENDER, clock).deliver_batch()
    office.transport.disconnect()
    email = email_in(database, 1)
    assert (email.state, email.reason, email.lease) == (state, reason, None)
    assert len(smtp_server.delivered) == (state == State.SENT)
    clock.move(hours=1)
    assert office.delivery.deliver_batch() == 0


def test_an_email_that_a_worker_takes_in_the_same_moment_is_left_to_it(database: Database) -> None:
    put_email(database)
    with database.reading() as session:
        found = entry(session, 1)
    assert found is not None
    taken(database, "a worker")
    for values in ({"state": State.DROPPED, "ended_at": NOON}, {"due_at": NOON}):
        with pytest.raises(ActionRefused, match="email_changed"), database.writing() as session:
            update_as_found(session, found, **values)
    email = email_in(database, 1)
    assert (email.state, email.lease, email.ended_at) == (State.SENDING, "a worker", None)


def test_the_bell_rings_for_a_retry_and_not_for_a_refusal(database: Database) -> None:
    notifier = LocalNotifier()
    database.after_commit.append(notifier.after_commit)
    failed, sent = put_email(database, State.FAILED), put_email(database, State.SENT)
    notifier._notified.clear()
    with pytest.raises(ActionRefused):
        changed(database, retry, sent)
    assert not notifier._notified.is_set()
    changed(database, retry, failed)
    assert notifier._notified.is_set()
