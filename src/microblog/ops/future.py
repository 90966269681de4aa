"""Moments that a clock which was ahead has written, brought back once it is certain that they lie in the future.

A wait, a pause or a lifetime is never longer than what it was meant to be, however far the clock was ahead.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, update

from microblog.auth.retention import CLOCK_BOUNDS as OF_AUTH
from microblog.clock import SKEW
from microblog.contact.retention import CLOCK_BOUNDS as OF_CONTACT
from microblog.db import Database
from microblog.digests.retention import CLOCK_BOUNDS as OF_DIGESTS
from microblog.error_reports.retention import CLOCK_BOUNDS as OF_ERROR_REPORTS
from microblog.identity.retention import CLOCK_BOUNDS as OF_IDENTITY
from microblog.mail.retention import CLOCK_BOUNDS as OF_MAIL
from microblog.posts.retention import CLOCK_BOUNDS as OF_POSTS
from microblog.registration.retention import CLOCK_BOUNDS as OF_REGISTRATION
from microblog.retention import BATCH, ClockBound

WITHOUT_SESSION = {"synchronize_session": False}
CLOCK_BOUNDS: tuple[ClockBound, ...] = (
    *OF_MAIL,
    *OF_AUTH,
    *OF_REGISTRATION,
    *OF_CONTACT,
    *OF_IDENTITY,
    *OF_POSTS,
    *OF_ERROR_REPORTS,
    *OF_DIGESTS,
)


def mend_moments(database: Database, latest: datetime) -> Iterator[int]:
    """Bring moments back that lie too far ahead, some at a time; yields how many.

    `latest` is what readings of the clock agree it is not past. Looking writes nothing, so that nobody waits for it.
    """
    for column, ahead in CLOCK_BOUNDS:
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
