"""Letters in any state, as a site that has run for a while would have them."""

from datetime import datetime, timedelta
from typing import Any

from microblog.db import Database
from microblog.mail import Email, State, canonical_identifier
from microblog.mail.leases import REFUSED
from microblog.mail.outbox import Try
from support.clock import NOON

DAY = timedelta(days=1)
OPEN = (State.WAITING, State.HELD, State.SENDING)


def put_email(
    database: Database,
    state: State = State.WAITING,
    *replies: str,
    to: str = "alice@example.com",
    queued_at: datetime = NOON,
    **more: Any,
) -> int:
    """Put a letter there, tried once for each reply a minute apart, the last having made it what it is now."""
    tried = [queued_at + timedelta(minutes=number + 1) for number in range(len(replies))]
    row: dict[str, Any] = {
        "kind": "reset_password",
        "urgent": True,
        "payload": {"identifier": "a fact nobody may see"},
        "due_at": queued_at,
        "expires_at": queued_at + DAY,
        "lease": "a worker" if state == State.SENDING else None,
        "tries": len(replies),
        "reply": replies[-1] if replies else None,
        "ended_at": None if state in OPEN else (tried or [queued_at])[-1],
    }
    with database.writing() as session:
        letter = Email(**{"to": to, "address_key": canonical_identifier(to), "queued_at": queued_at, **row, **more})
        letter.state = state
        session.add(letter)
        session.flush()
        own = 1 if state == State.SENT or more.get("reason") == REFUSED else 0  # the last one stands in the row itself
        for number, (at, reply) in enumerate(zip(tried, replies, strict=True), 1):
            if number <= len(replies) - own:
                became = state if number == len(replies) else State.WAITING
                session.add(Try(email_id=letter.id, number=number, at=at, state=became, reply=reply))
        return letter.id


def email_in(database: Database, number: int) -> Email:
    """Return a letter as it is now."""
    with database.reading() as session:
        return session.get_one(Email, number)
