"""Put rows into the outbox: alone, or those of one transaction all at once. And the old way to queue an email."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from microblog.mail.addresses import canonical_identifier
from microblog.mail.outbox import Email, Kind, notify_workers
from microblog.mail.superseding import insert_emails, join_waiting

GATHERED = "emails_gathered"  # in the notes of a session
OUTBOX = cast("Table", Email.__table__)
NEW_EMAIL = insert(OUTBOX).inline()
NEW_NUMBERED = insert(OUTBOX).returning(OUTBOX.c.id)


def put_into_outbox(session: Session, row: dict[str, Any]) -> None:
    """Put one email into the outbox, or with the others where they are gathered."""
    gathered = session.info.get(GATHERED)
    if gathered is None:
        put_all(session, [row])
    else:
        gathered.append(row)
    notify_workers(session)


def put_numbered(session: Session, row: dict[str, Any]) -> int:
    """Put one email without a key into the outbox, and return its id."""
    number: int = session.connection().execute(NEW_NUMBERED, row).scalar_one()
    notify_workers(session)
    return number


@contextmanager
def gathering(session: Session) -> Iterator[None]:
    """Put the emails that are queued meanwhile into the outbox at the end, in as few statements as can be."""
    gathered: list[dict[str, Any]] = []
    session.info[GATHERED] = gathered
    yield
    del session.info[GATHERED]
    put_all(session, gathered)


def put_all(session: Session, rows: list[dict[str, Any]]) -> None:
    """Put emails into the outbox. Those with a key supersede others."""
    if keyed := [row for row in rows if row["key"] is not None]:
        insert_emails(session, keyed)
    if plain := [row for row in rows if row["key"] is None]:
        session.connection().execute(NEW_EMAIL, plain)


def post(  # noqa: PLR0913 - each is a column of the row
    session: Session,
    kind: Kind,
    *,
    to: str,
    facts: Mapping[str, Any],
    ttl: timedelta,
    now: datetime,
    key: str | None = None,
    address_key: str | None = None,
    due_at: datetime | None = None,
    progress: Mapping[str, Any] | None = None,
    join: bool = False,
) -> None:
    """Put an email into the outbox, as part of the caller's transaction.

    `facts` become JSON and must hold no secret. `ttl` is counted from now; an email that has not left by then
    never does. Of emails with the same `key`, one that has not left yet gives way to a newer one. `address_key` is
    for who knows it already; it takes a while to find. It leaves at `due_at`, or at once. `progress` is what an
    attempt before this would have noted. With `join` the email that waits under the key stays, for it will say the
    same, and no worker takes it before this transaction is over.
    """
    row = new_email(kind, to, facts, ttl, now)
    row |= {"key": key, "due_at": due_at or now, "progress": dict(progress or {})}
    row |= {"address_key": address_key} if address_key else {}
    if join:
        join_waiting(session, row)
        notify_workers(session)
    else:
        put_into_outbox(session, row)


def post_numbered(
    session: Session, kind: Kind, *, to: str, facts: Mapping[str, Any], ttl: timedelta, now: datetime
) -> int:
    """Post an email as `post` does, and return its number in the outbox, for an event that goes with it."""
    return put_numbered(session, new_email(kind, to, facts, ttl, now))


def new_email(kind: Kind, to: str, facts: Mapping[str, Any], ttl: timedelta, now: datetime) -> dict[str, Any]:
    """Return what the row of any new email holds."""
    return {
        "kind": kind.name,
        "urgent": kind.urgent,
        "to": to,
        "address_key": canonical_identifier(to),
        "payload": dict(facts),
        "key": None,
        "queued_at": now,
        "due_at": now,
        "due_set_at": now,
        "expires_at": now + ttl,
    }
