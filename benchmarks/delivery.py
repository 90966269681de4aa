"""Letters a second: one worker on one connection, everything included, against loops that only build and send."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from benchmarks.testbed import ENGINES, Testbed, forget_letters, mail_server, post_letters
from benchmarks.turns import Comparison, Finding, Way, find, take_turns
from microblog.clock import Clock, system_clock
from microblog.db import Database
from microblog.mail.compose import Envelope
from microblog.mail.delivery import Delivery
from microblog.mail.replies import Reply
from microblog.mail.transport import Transport
from microblog.mail.transports import make_transport
from microblog.settings import Settings
from microblog.web import pages_of
from microblog.worker import all_renderers

LETTERS = 400
TITLE = "Letters a second on one connection, in the clear"
BUILDING, READY = "an EmailMessage built for each, sent by smtplib", "a ready letter, sent by smtplib"


def delivery_of(settings: Settings, database: Database, transport: Transport, clock: Clock = system_clock) -> Delivery:
    """Put the delivery of a worker together."""
    writers = all_renderers(settings, pages_of(settings.public_url))
    return Delivery(database, writers, transport, settings.mail.sender, clock)


def deliver_all(delivery: Delivery) -> None:
    """Deliver until nothing is due."""
    while delivery.deliver_batch():
        pass


@contextmanager
def worker(testbed: Testbed, engine: str, port: int, **environ: str) -> Iterator[Way]:
    """Measure our delivery of reset letters, each to its own account, posted beforehand."""
    with testbed.database(engine, accounts=LETTERS) as database:
        settings = testbed.settings(database, port, **environ)
        delivery = delivery_of(settings, database, make_transport(settings))

        def turn() -> float:
            forget_letters(database)
            post_letters(database, LETTERS)
            began = time.perf_counter()
            deliver_all(delivery)
            return LETTERS / (time.perf_counter() - began)

        yield turn
        delivery.disconnect()


class Keeping:
    """A transport that keeps the last letter."""

    envelope: Envelope

    def send(self, envelope: Envelope) -> Reply:
        """Keep it."""
        self.envelope = envelope
        return Reply(250, "kept")

    def disconnect(self) -> None:
        """Keep nothing open."""


def reset_letter(testbed: Testbed) -> Envelope:
    """Return a reset letter as the product sends it."""
    kept = Keeping()
    with testbed.database("SQLite", accounts=1) as database:
        post_letters(database, 1)
        deliver_all(delivery_of(testbed.settings(database, 1), database, kept))
    return kept.envelope


def parts(envelope: Envelope) -> tuple[EmailMessage, str, str]:
    """Return a letter as it was read, its text and its HTML."""
    letter = message_from_bytes(envelope.message, policy=SMTP)
    text, html = (part.get_content() for part in (letter.get_body(["plain"]), letter.get_body(["html"])) if part)
    return letter, text, html


@contextmanager
def building(envelope: Envelope, port: int) -> Iterator[Way]:
    """Measure a loop without a database that builds the same letter anew each time."""
    model, text, html = parts(envelope)
    names = ("From", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress")

    def build(number: int) -> EmailMessage:
        letter = EmailMessage()
        for name in names:
            letter[name] = str(model[name])
        letter["To"] = f"member{number}@example.com"
        letter["Date"] = format_datetime(system_clock())
        letter["Message-ID"] = make_msgid(domain="blog.example")
        letter.set_content(text)
        letter.add_alternative(html, subtype="html")
        return letter

    with smtplib.SMTP("127.0.0.1", port) as line:

        def turn() -> float:
            began = time.perf_counter()
            for number in range(LETTERS):
                line.send_message(build(number))
            return LETTERS / (time.perf_counter() - began)

        yield turn


@contextmanager
def ready(envelope: Envelope, port: int) -> Iterator[Way]:
    """Measure a loop that sends the same bytes each time."""
    with smtplib.SMTP("127.0.0.1", port) as line:

        def turn() -> float:
            began = time.perf_counter()
            for _ in range(LETTERS):
                line.sendmail(envelope.sender, envelope.recipient, envelope.message)
            return LETTERS / (time.perf_counter() - began)

        yield turn


def run(testbed: Testbed, turns: int) -> list[Finding]:
    """Measure."""
    envelope = reset_letter(testbed)
    with ExitStack() as open_, mail_server() as server:
        ways = {
            f"our worker, {engine}": open_.enter_context(worker(testbed, engine, server.port)) for engine in ENGINES
        }
        comparisons = [
            Comparison(name, other, goal) for name in ways for other, goal in ((BUILDING, 1.5), (READY, None))
        ]
        ways[BUILDING] = open_.enter_context(building(envelope, server.port))
        ways[READY] = open_.enter_context(ready(envelope, server.port))
        rates = take_turns(ways, turns)
        expect(server.letters(), LETTERS * len(ways) * turns)
    return [find(rates, comparison) for comparison in comparisons]


def expect(arrived: int, sent: int) -> None:
    """Make sure that what was measured was the sending of letters."""
    if arrived != sent:
        raise RuntimeError(f"{arrived} letters were sent, not {sent}")
