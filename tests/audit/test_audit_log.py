"""Looking back on events takes no longer the more there are."""

from typing import Any

import pytest
from sqlalchemy import event, insert, select

from microblog.audit import audit_log
from microblog.audit.models import Event
from microblog.db import Database
from microblog.identity import Account
from support.clock import NOON

EMPTY = {"kind": "signed_in", "at": NOON, "device": "", "network": "", "detail": "", "about": ""}


@pytest.fixture
def busy(database: Database) -> Database:
    """A site with two members; nearly all events are Bob's."""
    with database.writing() as session:
        for name in ("alice", "bob"):
            names = {"username": name, "username_key": name, "email": f"{name}@b.example", "email_key": name}
            session.execute(insert(Account).values(password_hash="x", created_at=NOON, **names))
        first, second = session.scalars(select(Account.id).order_by(Account.id))
        session.execute(insert(Event), [EMPTY | {"account_id": first}] * 5)
        session.execute(insert(Event), [EMPTY | {"account_id": None, "about": "somebody"}] * 3)
        session.execute(insert(Event), [EMPTY | {"account_id": second}] * 5000)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return database


def plans(database: Database, ask: Any) -> str:
    """Return how the database answers a question."""
    sent: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: sent.append((call[2], call[3])))
    with database.reading() as session:
        ask(session)
    explain = "EXPLAIN" if database.is_postgresql else "EXPLAIN QUERY PLAN"
    with database.engine.connect() as connection:
        asked = [call for call in sent if "FROM events" in call[0]]
        return str([connection.exec_driver_sql(f"{explain} {sql}", words).all() for sql, words in asked])


def test_a_member_and_a_search_are_answered_along_their_indexes(busy: Database) -> None:
    member = plans(busy, lambda session: audit_log.read_account_events(session, 1, size=30))
    search = plans(
        busy, lambda session: audit_log.read_site_events(session, size=50, identifier_key="alice", about="somebody")
    )
    assert "ix_events_account_id" in member
    assert "ix_events_account_id" in search
    assert "ix_events_about" in search
    for plan in (member, search):
        assert "Seq Scan on events" not in plan
        assert "SCAN events" not in plan


def test_a_search_finds_both_kinds_newest_first_and_pages_through_them(busy: Database) -> None:
    seen: list[int] = []
    before: int | None = None
    with busy.reading() as session:
        while True:
            page = audit_log.read_site_events(session, size=3, before=before, identifier_key="alice", about="somebody")
            seen += [entry.id for entry in page.entries]
            before = page.older
            if before is None:
                break
    assert seen == list(range(8, 0, -1))
