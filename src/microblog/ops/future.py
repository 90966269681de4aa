"""Moments that a clock which was ahead has written, brought back once it is certain that they lie in the future.

A wait, a pause or a lifetime is never longer than what it was meant to be, however far the clock was ahead.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from microblog.auth import COOLDOWN, REMEMBERED_FOR, SignInSession
from microblog.clock import SKEW
from microblog.contact import PendingSecondAddress
from microblog.db import Database
from microblog.error_reports import ErrorReport
from microblog.identity import Account, KeptUsername
from microblog.mail import Email, WorkerSeen
from microblog.personal_data import NAME_KEPT_FOR
from microblog.posts import Post
from microblog.registration import SignUp
from microblog.subscriptions import Digest

BATCH = 300  # rows in one transaction
WITHOUT_SESSION = {"synchronize_session": False}
NONE, DAY = timedelta(), timedelta(days=1)
FURTHEST: tuple[tuple[InstrumentedAttribute[Any], timedelta], ...] = (
    (Email.ended_at, NONE),
    (SignInSession.seen_at, NONE),
    (SignInSession.expires_at, REMEMBERED_FOR),
    (SignUp.created_at, NONE),
    (SignUp.expires_at, DAY),
    (PendingSecondAddress.expires_at, DAY),
    (KeptUsername.free_at, NAME_KEPT_FOR),
    (Account.muted_until, COOLDOWN),
    (Account.recovered_at, NONE),
    (Post.deleted_at, NONE),
    (WorkerSeen.seen_at, NONE),
    (ErrorReport.last_at, NONE),
    (ErrorReport.told_at, NONE),
    (Digest.due_at, 14 * DAY),
)
"""How far ahead each moment may lie at the most. Those that links are bound to, and events, stay as they are."""


def mend_moments(database: Database, latest: datetime) -> Iterator[int]:
    """Bring moments back that lie too far ahead, some at a time; yields how many.

    `latest` is what readings of the clock agree it is not past. Looking writes nothing, so that nobody waits for it.
    """
    for column, ahead in FURTHEST:
        (key,) = column.class_.__table__.primary_key
        wrong = select(key).where(column > latest + ahead + SKEW).limit(BATCH)
        found = BATCH
        while found == BATCH:
            with database.reading() as session:
                keys = session.scalars(wrong).all()
            if keys:
                with database.writing() as session:
                    mended = update(column.class_).where(key.in_(keys), column > latest + ahead + SKEW)
                    session.execute(mended.values({column: latest + ahead}), execution_options=WITHOUT_SESSION)
            found = len(keys)
            yield found
