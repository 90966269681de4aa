"""A password was set: who is told, in which words, and which links that says nothing more to."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from microblog.audit.models import Event
from microblog.db import Database
from microblog.identity import Account, BackupEmail
from microblog.mail import Email, Rendered
from microblog.origin import Origin
from microblog.ownership import ReportableChange
from microblog.recovery.changed import password_changed
from microblog.recovery.emails.password_changed import PASSWORD_CHANGED, Way
from microblog.settings import Settings, load
from microblog.web import pages_of
from microblog.worker import all_renderers
from support.clock import NOON

HOUR = timedelta(hours=1)
WHERE = Origin("Firefox on Windows", "192.0.2.0/24")
ALICE, BACKUP = "Alice@example.com", "Alice@backup.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"MICROBLOG_DATA": str(tmp_path)})


def member(session: Session) -> Account:
    keys = {"username": "Alice", "username_key": "alice", "email": ALICE, "email_key": ALICE.lower()}
    session.execute(insert(Account).values(keys | {"password_hash": "x", "created_at": NOON}))
    return session.scalars(select(Account)).one()


def add_second(session: Session, account: Account) -> None:
    second = {"account_id": account.id, "email": BACKUP, "email_key": BACKUP.lower(), "added_at": NOON}
    session.execute(insert(BackupEmail).values(second))


def rows(session: Session, table: type[Any]) -> list[Any]:
    return list(session.scalars(select(table).order_by(table.id)))


def written(settings: Settings, session: Session, letter: Email, hours: float = 0) -> Rendered:
    writers = all_renderers(settings, pages_of(settings.public_url))
    found = writers[letter.kind].render(session, letter, NOON + hours * HOUR)
    assert isinstance(found, Rendered)
    return found


@pytest.mark.parametrize(
    ("way", "words", "event"),
    [
        (Way.LINK, "with a link to choose a new one.", ("password_reset", "")),
        (Way.CODE, "with one of your recovery codes.", ("password_reset", "by_recovery_code")),
        (Way.SIGNED_IN, "by somebody who was signed in as you.", ("password_changed", "")),
    ],
)
def test_every_address_is_told_how_and_roughly_from_where(
    database: Database, settings: Settings, way: Way, words: str, event: tuple[str, str]
) -> None:
    with database.writing() as session:
        account = member(session)
        add_second(session, account)
        password_changed(session, account, WHERE, way, NOON)
        letters = rows(session, Email)
        texts = [written(settings, session, letter) for letter in letters]
        (noted,) = rows(session, Event)
    assert [(text.to, letter.kind) for text, letter in zip(texts, letters, strict=True)] == [
        (ALICE, PASSWORD_CHANGED.name),
        (BACKUP, PASSWORD_CHANGED.name),
    ]
    for text in texts:
        assert f"at 12:00 UTC on 22 November 2026, {words} It came from Firefox on Windows, network" in text.text
    assert (noted.kind, noted.detail) == event
    assert (noted.device, noted.network) == (WHERE.device, WHERE.network)


def test_the_letter_goes_to_the_address_of_the_change_wherever_the_account_is_by_now(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        account = member(session)
        password_changed(session, account, WHERE, Way.LINK, NOON)
        account.email, account.email_key = "thief@evil.example", "thief@evil.example"
        session.flush()
        assert written(settings, session, rows(session, Email)[0]).to == ALICE


@pytest.mark.parametrize(("hours", "expected"), [(71.9, "/not-me/"), (72, "/reset_password_request")])
def test_a_letter_that_leaves_when_its_link_would_be_over_leads_to_the_page_that_asks_for_one(
    database: Database, settings: Settings, hours: float, expected: str
) -> None:
    with database.writing() as session:
        password_changed(session, member(session), WHERE, Way.LINK, NOON)
        text = written(settings, session, rows(session, Email)[0], hours).text
    links = [word for word in text.split() if "://" in word]
    assert len(links) == 1
    assert expected in links[0]


def test_a_letter_that_an_older_version_posted_is_written_too(database: Database, settings: Settings) -> None:
    facts = {"username": "Alice", "changed": NOON.isoformat()}
    letter = Email(
        kind="password_changed",
        urgent=True,
        to=ALICE,
        address_key=ALICE,
        payload=facts,
        queued_at=NOON,
        due_at=NOON,
        expires_at=NOON + HOUR,
    )
    with database.writing() as session:
        text = written(settings, session, letter).text
    assert "It came from an unknown place." in text
    assert "/reset_password_request" in text


@pytest.mark.parametrize("contact", ["", "help@blog.example"])
def test_whoever_runs_the_site_is_named_for_help_where_there_is_somebody(
    database: Database, settings: Settings, contact: str
) -> None:
    with database.writing() as session:
        password_changed(session, member(session), WHERE, Way.LINK, NOON)
        found = written(replace(settings, admins=(contact,) if contact else ()), session, rows(session, Email)[0])
    for text in (found.text, found.html):
        assert ("If you need help, write to help@blog.example." in text) == bool(contact)
        assert ("write to" in text) == bool(contact)


def test_the_row_holds_no_token_and_no_text(database: Database) -> None:
    with database.writing() as session:
        password_changed(session, member(session), WHERE, Way.LINK, NOON)
        letter, change = rows(session, Email)[0], rows(session, ReportableChange)[0]
    assert letter.payload == {
        "username": "Alice",
        "changed": NOON.isoformat(),
        "change_id": change.id,
        "way": "link",
        "origin": {"device": WHERE.device, "network": WHERE.network},
    }
    assert (change.email, change.second_email, change.at) == (ALICE, "", NOON)
