"""Rows of the outbox for tests: put there as they should be, taken by a worker, looked at."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import insert

from microblog.db import Database
from microblog.mail import Email, State
from microblog.mail.leases import Lease, take
from support.clock import NOON

DAY = timedelta(days=1)


def put(database: Database, *dues: datetime, urgent: bool = False, **more: object) -> list[int]:
    """Post emails that are due at those times; return their numbers."""
    common = {"kind": "note", "to": "alice@example.com", "payload": {}, "queued_at": NOON, "expires_at": NOON + DAY}
    rows = [{"state": State.WAITING, "tries": 0, "urgent": urgent, "due_at": due} | common | more for due in dues]
    with database.writing() as session:
        return list(session.scalars(insert(Email).returning(Email.id, sort_by_parameter_order=True), rows))


def taken(database: Database, holder: str, size: int = 20, now: datetime = NOON) -> list[Lease]:
    with database.writing() as session:
        return take(session, holder, size, now)


def ids(leases: Iterable[Lease]) -> list[int]:
    return [lease.email.id for lease in leases]


def row(database: Database, number: int) -> Email:
    with database.reading() as session:
        return session.get_one(Email, number)
