"""Rows of the outbox for tests: put there as they should be, taken by a worker, looked at."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import insert

from microblog.db import Database
from microblog.mail import Letter, State
from microblog.mail.claims import Claim, take
from support.clock import NOON

DAY = timedelta(days=1)


def put(database: Database, *dues: datetime, urgent: bool = False, **more: object) -> list[int]:
    """Post letters that are due at those times; return their numbers."""
    common = {"kind": "note", "to": "alice@example.com", "payload": {}, "posted_at": NOON, "useful_until": NOON + DAY}
    rows = [{"state": State.WAITING, "tries": 0, "urgent": urgent, "due_at": due} | common | more for due in dues]
    with database.writing() as session:
        return list(session.scalars(insert(Letter).returning(Letter.id, sort_by_parameter_order=True), rows))


def taken(database: Database, holder: str, size: int = 20, now: datetime = NOON) -> list[Claim]:
    with database.writing() as session:
        return take(session, holder, size, now)


def ids(claims: Iterable[Claim]) -> list[int]:
    return [claim.letter.id for claim in claims]


def row(database: Database, number: int) -> Letter:
    with database.reading() as session:
        return session.get_one(Letter, number)
