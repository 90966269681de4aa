"""Queue an email, in the transaction of the event that causes it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.mail.addresses import canonical_identifier
from microblog.mail.email_types import EmailType
from microblog.mail.outbox import Email, State, notify_workers
from microblog.mail.payloads import PayloadT, encode_payload
from microblog.mail.posting import put_into_outbox, put_numbered
from microblog.mail.superseding import join_waiting


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
    progress: Mapping[str, Any] | None = None,
    join: bool = False,
) -> None:
    """Put an email into the outbox, as part of the caller's transaction.

    The payload must hold no secret. Of emails with the same `key`, one that waits gives way to a newer one.
    `address_key` is for callers who know the canonical form of `to`; it takes a while to find. The email leaves at
    `due_at`, or at once, and not after `expires_at`, which follows from the type's ttl where it isn't given.
    `progress` is what an attempt before this would have noted. With `join` the email that waits under the key stays,
    for it will say the same, and no worker takes it before this transaction is over.
    """
    row = new_row(email_type, to, payload, now, key, address_key)
    row |= {"due_at": due_at or now, "expires_at": expires_at or now + email_type.ttl}
    row |= {"progress": dict(progress or {})}
    if join:
        join_waiting(session, row)
        notify_workers(session)
    else:
        put_into_outbox(session, row)


def queue_returning_id(
    session: Session, email_type: EmailType[Any, PayloadT], *, to: str, payload: PayloadT, now: datetime
) -> int:
    """Queue an email as `queue` does, and return its id in the outbox, for an event that refers to it."""
    row = new_row(email_type, to, payload, now, None, None)
    return put_numbered(session, row | {"due_at": now, "expires_at": now + email_type.ttl})


def queued_keys(session: Session, keys: Collection[str]) -> set[str]:
    """Return which of these keys an email was queued under, whatever became of it."""
    return {key for key in session.scalars(select(Email.key).where(Email.key.in_(keys))) if key is not None}


def waiting_payload(session: Session, email_type: EmailType[Any, PayloadT], key: str) -> PayloadT | None:
    """Return the payload of the email that waits under a key, for a newer one to take over what it was to say."""
    waiting = select(Email.payload_version, Email.payload).where(
        Email.key == key, Email.state == State.WAITING, ~Email.superseded, Email.kind == email_type.name
    )
    found = session.execute(waiting).one_or_none()
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
        "queued_at": now,
        "due_set_at": now,
    }
