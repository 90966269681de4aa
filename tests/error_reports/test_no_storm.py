"""However long the mail server is down, or our own letters fail: the admins get few letters, each of them news."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from error_reports.newsroom import ADMINS, Newsroom
from journeys.trial import wait_for
from mail.office import SENDER, SETTINGS
from microblog.cli.start import notifier_for
from microblog.db import Database
from microblog.email_context import email_contexts
from microblog.error_reports.emails.error_report import ERROR_REPORT
from microblog.mail import (
    EmailRenderers,
    EmailType,
    QueuedEmail,
    Result,
    State,
    bind_email_types,
    discover_email_types,
    queue,
)
from microblog.mail.compose import Envelope
from microblog.mail.delivery import Delivery
from microblog.mail.replies import Reply
from microblog.mail.smtp import SmtpTransport
from microblog.mail.transport import Transport
from microblog.settings import load
from microblog.web import pages_of
from microblog.worker import Worker
from support.clock import NOON, HeldClock
from support.notes import NOTE, Note, NoteContext, RenderNote, bound, note_type
from support.running import free_port
from support.smtp_server import SmtpServer


@pytest.fixture
def room(database: Database, clock: HeldClock, tmp_path: Path) -> Newsroom:
    return Newsroom(database, clock, tmp_path / "data")


def line_to(port: int) -> SmtpTransport:
    return SmtpTransport(replace(SETTINGS, port=port), "blog.example")


def told_to(admin: str, server: SmtpServer) -> dict[str, str]:
    """Return the texts of the letters that an admin got, by subject, each of which came once."""
    mine = [one for one in server.delivered if one.recipient == admin]
    texts = {str(one.message["Subject"]).removeprefix("[Microblog] "): one.body("plain") for one in mine}
    assert len(texts) == len(mine)
    return texts


def writers_of(room: Newsroom) -> EmailRenderers:
    settings = load({"MICROBLOG_DATA": str(room.folder)})
    contexts = email_contexts(settings, pages_of(settings.public_url))
    return bind_email_types(discover_email_types("microblog.error_reports"), contexts)


def delivery_by(room: Newsroom, transport: Transport, writers: EmailRenderers | None = None) -> Delivery:
    return Delivery(room.database, writers or writers_of(room), transport, SENDER, room.clock, room.reporter.report)


def turn_until_idle(room: Newsroom, delivery: Delivery, minutes: int) -> None:
    """Let some time pass, in which the worker does all there is to do."""
    end = room.clock.now.timestamp() + 60 * minutes
    while (due := delivery.next_due()) and due.timestamp() < end:
        room.clock.now = max(due, room.clock.now)
        delivery.deliver_batch()
    room.clock.move(seconds=max(0.0, end - room.clock.now.timestamp()))


def test_while_the_mail_server_is_down_for_hours_letters_replace_each_other_and_the_last_one_tells_all(
    room: Newsroom, smtp_server: SmtpServer
) -> None:
    away = delivery_by(room, line_to(free_port()))
    for _ in range(24):
        room.happens("a")
        room.happens("b")
        away.deliver_batch()
        room.clock.move(minutes=10)
    room.happens("c", times=3)
    room.reporter.remind(room.clock())
    for admin in ADMINS:
        for name in "ab":
            about_it = [letter.queued_at for letter in room.posted(to=admin) if letter.payload["title"][0] == name]
            assert about_it == [NOON.replace(hour=hour) for hour in (12, 13, 14, 15)]
        waiting = [
            letter for letter in room.posted(to=admin) if letter.state == State.WAITING and not letter.superseded
        ]
        assert [letter.payload["title"][0] for letter in waiting] == ["a", "b", "c"]
    back = delivery_by(room, line_to(smtp_server.port))
    turn_until_idle(room, back, 10)
    back.disconnect()
    arrived = told_to(ADMINS[0], smtp_server)
    assert sorted(arrived) == ["Errors That Went On", *(f"{name} in error_called" for name in "abc")]
    last = arrived["a in error_called"]
    assert "How often: 19 times since 12:00 UTC on 22 November 2026, 6 of them after 14:00 UTC" in last
    assert (
        "b in error_called: 24 times since 12:00 UTC on 22 November 2026, 5 of them" in arrived["Errors That Went On"]
    )


def test_letters_about_what_went_on_replace_each_other_and_forget_nothing(
    room: Newsroom, smtp_server: SmtpServer
) -> None:
    room.happens("a", times=2)
    for name in "bc":
        room.reporter.remind(room.clock.move(hours=1))
        room.happens(name, times=2)
    room.reporter.remind(room.clock.move(hours=1))
    assert len(room.more()) == 3
    delivery = delivery_by(room, line_to(smtp_server.port))
    turn_until_idle(room, delivery, 10)
    delivery.disconnect()
    assert [letter.state for letter in room.more()] == [State.DROPPED, State.DROPPED, State.SENT]
    told = told_to(ADMINS[0], smtp_server)["Errors That Went On"]
    named = [line.partition(":")[0] for line in told.splitlines() if "times since" in line]
    assert named == [f"{name} in error_called" for name in "cba"]


def break_down(context: NoteContext, email: QueuedEmail[Any]) -> Result:
    raise RuntimeError("a bug in a writer")


def ask_wrongly(context: NoteContext, email: QueuedEmail[Any]) -> Result:
    context.session.execute(text("SELECT no_such_column FROM outbox"))
    raise AssertionError


@pytest.mark.parametrize(("render", "words"), [(break_down, "a bug in a writer"), (ask_wrongly, "no_such_column")])
def test_a_letter_that_cannot_be_written_is_told_to_the_admins_once(
    room: Newsroom, smtp_server: SmtpServer, render: RenderNote, words: str
) -> None:
    with room.database.writing() as session:
        queue(session, NOTE, to="bob@example.com", payload=Note(), now=NOON)
    delivery = delivery_by(room, line_to(smtp_server.port), {**writers_of(room), **bound(note_type(render=render))})
    turn_until_idle(room, delivery, 50)
    delivery.disconnect()
    assert [one.recipient for one in smtp_server.delivered] == list(ADMINS)
    told = smtp_server.delivered[0].body("plain")
    assert words in told
    assert "Where: email cannot be written id=1 kind=note" in told


def test_a_letter_about_an_error_that_cannot_be_written_makes_no_other(
    room: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    room.happens("a")
    broken = EmailType(name=ERROR_REPORT.name, ttl=ERROR_REPORT.ttl, payload=ERROR_REPORT.payload, render=break_down)
    delivery = delivery_by(room, line_to(free_port()), bind_email_types({ERROR_REPORT.name: broken}, NoteContext))
    turn_until_idle(room, delivery, 600)
    assert [(letter.payload["title"], letter.state) for letter in room.posted()] == [
        ("a in error_called", State.FAILED)
    ]
    assert "a bug in a writer" in caplog.text
    assert set(room.rows()) == {"a"}


class BrokenTransport:
    """A fault of our own in the sending of every letter."""

    def send(self, envelope: Envelope) -> Reply:
        raise RuntimeError("a bug in the sending")

    def disconnect(self) -> None:
        """Nothing is open."""


def test_a_fault_in_the_sending_of_every_letter_makes_no_letter_about_letters_about_it(room: Newsroom) -> None:
    room.happens("a")
    turn_until_idle(room, delivery_by(room, BrokenTransport()), 600)
    assert [letter.payload["title"] for letter in room.posted()] == ["a in error_called"]
    assert set(room.rows()) == {"a"}


def test_a_worker_that_stumbles_tells_the_admins_and_goes_on(room: Newsroom) -> None:
    stumbled: list[datetime] = []

    def stumble(now: datetime) -> None:
        stumbled.append(now)
        raise RuntimeError("a bug in the rounds")

    jobs = [stumble, room.reporter.remind]
    notifier, keep = notifier_for(room.database), timedelta(days=30)
    worker = Worker(room.database, [], notifier, room.clock, room.reporter.report, keep_emails=keep, hourly=jobs)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait_for(room.posted)
    finally:
        worker.stop()
        thread.join(30)
    assert len(stumbled) == 1
    [letter] = room.posted()
    assert (letter.payload["title"], letter.payload["where"]) == ("RuntimeError in in_steps", "the worker stumbled")
