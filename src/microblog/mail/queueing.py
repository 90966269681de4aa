"""Queue an email, in the transaction of the event that causes it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.mail.addresses import canonical_identifier
from microblog.mail.email_types import EmailType
from microblog.mail.outbox import GATHERED, NEW_LETTER, NEW_NUMBERED, Letter, State, ring
from microblog.mail.payloads import PayloadT, encode_payload


def queue(  # noqa: PLR0913 - each is a column of the row
    session: Session,
    email_type: EmailType[Any, PayloadT],
    *,
    to: str,
    payload: PayloadT,
    now: datetime,
    key: str | None = None,
    address_key: str | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Put an email into the outbox, as part of the caller's transaction.

    The payload must hold no secret. Of emails with the same `key`, one that hasn't left gives way to a newer one.
    `address_key` is for callers who know the canonical form of `to`; it takes a while to find. The email leaves at
    `due_at`, or at once, and not after `expires_at`, which follows from the type's ttl where it isn't given.
    """
    row = new_row(email_type, to, payload, now, key, address_key)
    row |= {"due_at": due_at or now, "useful_until": expires_at or now + email_type.ttl}
    gathered = session.info.get(GATHERED)
    if gathered is None:
        session.connection().execute(NEW_LETTER, row)
    else:
        gathered.append(row)
    ring(session)


def queue_returning_id(
    session: Session, email_type: EmailType[Any, PayloadT], *, to: str, payload: PayloadT, now: datetime
) -> int:
    """Queue an email as `queue` does, and return its id in the outbox, for an event that refers to it."""
    row = new_row(email_type, to, payload, now, None, None)
    row |= {"due_at": now, "useful_until": now + email_type.ttl}
    number: int = session.connection().execute(NEW_NUMBERED, row).scalar_one()
    ring(session)
    return number


def waiting_payload(session: Session, email_type: EmailType[Any, PayloadT], key: str) -> PayloadT | None:
    """Return the payload of the email that waits under a key, for a newer one to take over what it was to say."""
    waiting = select(Letter.payload_version, Letter.payload).where(
        Letter.key == key, Letter.state == State.WAITING, Letter.kind == email_type.name
    )
    found = session.execute(waiting.order_by(Letter.id.desc()).limit(1)).one_or_none()
    return email_type.decode(*found) if found else None


def new_row(
    email_type: EmailType[Any, PayloadT],
    to: str,
    payload: PayloadT,
    now: datetime,
    key: str | None,
    address_key: str | None,
) -> dict[str, Any]:
    """Return what the row of a new email holds, but for its times."""
    return {
        "kind": email_type.name,
        "urgent": email_type.urgent,
        "to": to,
        "address_key": address_key or canonical_identifier(to),
        "payload": encode_payload(payload),
        "payload_version": email_type.version,
        "key": key,
        "posted_at": now,
        "due_set_at": now,
    }
