"""Declaring an email: one module and its templates, and nothing else."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import UnboundExecutionError

import microblog
from mail.office import SENDER, SETTINGS
from microblog.db import Database
from microblog.email_context import EmailContext, email_contexts, preview_context
from microblog.mail import (
    Email,
    EmailType,
    QueuedEmail,
    Rendered,
    Result,
    Skip,
    State,
    bind_email_types,
    discover_email_types,
    queue,
)
from microblog.mail.delivery import Delivery
from microblog.mail.payloads import UnreadablePayload, encode_payload, payload_decoder
from microblog.mail.smtp import SmtpTransport
from microblog.ops import sample_emails
from microblog.settings import Settings, load
from microblog.web import pages_of
from microblog.worker import all_renderers
from support.clock import NOON, HeldClock
from support.smtp_server import SmtpServer

DECLARATION = '''
"""To a member who has been here for a year."""

from dataclasses import dataclass
from datetime import timedelta

from microblog.mail import EmailType, render_templates


@dataclass(frozen=True)
class Anniversary:
    username: str
    years: int


def render(context, email):
    values = {"username": email.payload.username, "years": email.payload.years, "home": context.pages.home}
    return render_templates(__name__, "anniversary", email.to, values)


def samples(context):
    yield ANNIVERSARY.sample(context, "To a member, once a year.", Anniversary("Alice", 1))


ANNIVERSARY = EmailType(
    name="anniversary", ttl=timedelta(days=1), payload=Anniversary, render=render, samples=samples
)
'''
TEMPLATES = {
    "subject.txt": "[Microblog] {{ years }} Years",
    "body.txt": "Dear {{ username }},\n\n{{ years }} years!\n\n{{ home }}\n",
    "body.html": '{% extends "layout.html" %}{% block title %}{{ years }} years{% endblock %}'
    "{% block preheader %}{% endblock %}"
    "{% block body %}Dear {{ username }}, {{ years }} years! {{ home }}{% endblock %}",
}


@pytest.fixture
def anniversaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A new package of the product, of which no module but its own knows."""
    emails = tmp_path / "product" / "anniversaries" / "emails"
    (emails / "anniversary").mkdir(parents=True)
    for init in (emails.parent, emails):
        (init / "__init__.py").touch()
    (emails / "anniversary.py").write_text(DECLARATION)
    for name, text in TEMPLATES.items():
        (emails / "anniversary" / name).write_text(text)
    monkeypatch.setattr(microblog, "__path__", [*microblog.__path__, str(tmp_path / "product")])
    discover_email_types.cache_clear()
    yield "microblog.anniversaries.emails.anniversary"
    discover_email_types.cache_clear()
    for name in [name for name in sys.modules if name.startswith("microblog.anniversaries")]:
        del sys.modules[name]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"MICROBLOG_DATA": str(tmp_path / "data")})


def test_a_new_email_is_a_module_with_templates_beside_it(
    anniversaries: str, database: Database, settings: Settings, clock: HeldClock, smtp_server: SmtpServer
) -> None:
    pages = pages_of(settings.public_url)
    [sample] = [one for one in sample_emails(settings, pages, NOON) if one.name == "anniversary"]
    assert (sample.about, sample.email.subject) == ("To a member, once a year.", "[Microblog] 1 Years")
    writers = all_renderers(settings, pages)
    module: Any = sys.modules[anniversaries]
    with database.writing() as session:
        payload = module.Anniversary("Bob", 3)
        queue(session, module.ANNIVERSARY, to="bob@example.com", payload=payload, now=NOON)
    line = SmtpTransport(replace(SETTINGS, port=smtp_server.port), "blog.example")
    Delivery(database, writers, line, SENDER, clock).deliver_batch()
    line.disconnect()
    [email] = smtp_server.delivered
    assert (email.recipient, email.message["Subject"]) == ("bob@example.com", "[Microblog] 3 Years")
    assert email.body("plain").split() == ["Dear", "Bob,", "3", "years!", "http://localhost:5000/"]
    assert "Dear Bob, 3 years!" in email.body("html")


def test_two_emails_of_one_name_are_refused(anniversaries: str) -> None:
    folder = Path(str(microblog.__path__[-1])) / "anniversaries" / "emails"
    (folder / "twin.py").write_text(DECLARATION)
    with pytest.raises(ValueError, match="two emails are named anniversary"):
        discover_email_types("microblog")


def test_an_error_in_a_declaration_is_not_taken_for_a_package_without_emails(anniversaries: str) -> None:
    folder = Path(str(microblog.__path__[-1])) / "anniversaries" / "emails"
    (folder / "twin.py").write_text("import no_such_module")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        discover_email_types("microblog")


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Place:
    name: str
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Everything:
    text: str
    number: int
    share: float
    known: bool
    at: datetime
    colour: Colour
    words: tuple[str, ...]
    places: tuple[Place, ...]
    here: Place
    missing: str | None = None


EVERYTHING = Everything(
    "älice", 7, 0.5, True, NOON, Colour.RED, ("a", "b"), (Place("x", NOON), Place("y")), Place("z"), None
)


def test_a_payload_is_read_back_from_its_row_as_it_was(database: Database) -> None:
    email_type: EmailType[EmailContext, Everything] = EmailType(
        name="everything", ttl=timedelta(days=2), payload=Everything, render=lambda *_: Skip("")
    )
    with database.writing() as session:
        queue(session, email_type, to="a@example.com", payload=EVERYTHING, now=NOON)
    with database.reading() as session:
        row = session.scalars(select(Email)).one()
    assert email_type.decode(row.payload_version, row.payload) == EVERYTHING
    assert (row.kind, row.urgent, row.expires_at) == ("everything", False, NOON + timedelta(days=2))


def test_a_field_with_a_default_may_be_missing_in_an_older_row_and_a_field_that_is_gone_may_be_there() -> None:
    encoded = encode_payload(EVERYTHING) | {"given_up": 1}
    del encoded["missing"]
    assert payload_decoder(Everything)(encoded) == EVERYTHING
    del encoded["text"]
    with pytest.raises(UnreadablePayload, match="Everything"):
        payload_decoder(Everything)(encoded)


def a_payload_of(hint: Any) -> type:
    return dataclass(frozen=True)(type("Odd", (), {"__annotations__": {"odd": hint}}))


class Plain:
    """No dataclass."""


@dataclass
class Changeable:
    name: str


@pytest.mark.parametrize(
    "payload", [Plain, Changeable, *map(a_payload_of, (bytes, list[str], dict[str, str], tuple[str, int], ModuleType))]
)
def test_a_payload_that_could_not_be_read_back_is_refused_where_it_is_declared(payload: type) -> None:
    with pytest.raises(TypeError, match=r"is no frozen dataclass|a payload can't hold"):
        EmailType(name="odd", ttl=timedelta(days=1), payload=payload, render=lambda *_: Skip(""))


@dataclass(frozen=True)
class Note:
    name: str


class Notes:
    """An email type whose renderer notes how often it was called, and skips who is named so."""

    def __init__(self, version: int = 1) -> None:
        self.preloaded: list[str] = []
        self.unrendered: list[tuple[str, str]] = []
        self.type: EmailType[EmailContext, Note] = EmailType(
            name="note",
            ttl=timedelta(hours=1),
            payload=Note,
            version=version,
            upgrade=lambda _, encoded: {"name": encoded["called"]},
            render=self.render,
            preload=lambda _, emails: self.preloaded.extend(email.payload.name for email in emails),
            on_unrendered=lambda _, email, reason: self.unrendered.append((email.payload.name, reason)),
        )

    def render(self, context: EmailContext, email: QueuedEmail[Note]) -> Result:
        assert context.session.in_transaction()
        if email.payload.name == "nobody":
            return Skip("no_such_account")
        attempt = email.progress.get("attempt", 0) + 1
        return Rendered(email.to, f"{email.payload.name} {attempt}", "text", "", {"attempt": attempt})


@dataclass
class Setup:
    """One email type delivered from a real database over a real line."""

    database: Database
    settings: Settings
    clock: HeldClock
    line: SmtpTransport

    def delivery(self, notes: Notes) -> Delivery:
        contexts = email_contexts(self.settings, pages_of(self.settings.public_url))
        return Delivery(self.database, bind_email_types({"note": notes.type}, contexts), self.line, SENDER, self.clock)

    def queue(self, notes: Notes, *names: str, **more: Any) -> None:
        with self.database.writing() as session:
            for name in names:
                queue(session, notes.type, to=f"{name}@example.com", payload=Note(name), now=self.clock(), **more)

    def rows(self) -> dict[str, Email]:
        with self.database.reading() as session:
            return {row.to.partition("@")[0]: row for row in session.scalars(select(Email))}


@pytest.fixture
def setup(database: Database, settings: Settings, clock: HeldClock, smtp_server: SmtpServer) -> Iterator[Setup]:
    line = SmtpTransport(replace(SETTINGS, port=smtp_server.port), "blog.example")
    yield Setup(database, settings, clock, line)
    line.disconnect()


def test_what_a_renderer_notes_is_there_at_the_next_attempt_and_the_payload_stays_as_it_was(
    setup: Setup, smtp_server: SmtpServer
) -> None:
    notes = Notes()
    setup.queue(notes, "alice")
    smtp_server.script.rcpt = ["450 4.2.1 later"]
    delivery = setup.delivery(notes)
    delivery.deliver_batch()
    row = setup.rows()["alice"]
    assert (row.state, row.payload, row.progress) == (State.WAITING, {"name": "alice"}, {"attempt": 1})
    setup.clock.now = row.due_at
    delivery.deliver_batch()
    assert [one.message["Subject"] for one in smtp_server.delivered] == ["alice 2"]


def test_a_batch_is_loaded_at_once_and_what_is_skipped_says_why(setup: Setup) -> None:
    notes = Notes()
    setup.queue(notes, "alice", "nobody")
    setup.delivery(notes).deliver_batch()
    assert notes.preloaded == ["alice", "nobody"]
    assert (setup.rows()["nobody"].state, setup.rows()["nobody"].reason) == (State.DROPPED, "no_such_account")
    assert notes.unrendered == []


def test_a_declaration_hears_of_an_email_that_ended_unrendered(setup: Setup) -> None:
    notes = Notes()
    setup.queue(notes, "alice", expires_at=NOON + timedelta(minutes=1))
    setup.clock.now = NOON + timedelta(hours=2)
    delivery = setup.delivery(notes)
    for _ in range(3):
        delivery.deliver_batch()
        setup.clock.move(minutes=11)
    assert notes.unrendered == [("alice", "deadline")]


def test_a_payload_of_an_older_version_is_upgraded_and_one_of_a_newer_version_waits_for_a_newer_worker(
    setup: Setup, smtp_server: SmtpServer
) -> None:
    second = Notes(version=2)
    setup.queue(second, "alice", "bob")
    with setup.database.writing() as session:
        older = {"payload_version": 1, "payload": {"called": "alice of old"}}
        session.execute(update(Email).where(Email.to == "alice@example.com").values(older))
        session.execute(update(Email).where(Email.to == "bob@example.com").values(payload_version=3))
    setup.delivery(second).deliver_batch()
    assert [one.message["Subject"] for one in smtp_server.delivered] == ["alice of old 1"]
    assert (setup.rows()["bob"].state, setup.rows()["bob"].tries) == (State.WAITING, 0)


def test_a_sample_that_asks_a_database_fails(settings: Settings) -> None:
    context = preview_context(settings, pages_of(settings.public_url), NOON)
    with closing(context.session), pytest.raises(UnboundExecutionError):
        context.session.execute(select(Email))
