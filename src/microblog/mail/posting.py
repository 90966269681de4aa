"""Put rows into the outbox: alone, or those of one transaction all at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from microblog.mail.outbox import Email, notify_workers
from microblog.mail.superseding import insert_emails

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
def batched_inserts(session: Session) -> Iterator[None]:
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
