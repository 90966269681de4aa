"""Is the site well, and do its letters leave?"""

import logging
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from microblog.clock import Clock
from microblog.db import Database
from microblog.mail import count_held
from microblog.mail.presence import alive

log = logging.getLogger(__name__)

PATIENCE = text("SET LOCAL statement_timeout = 2000")  # milliseconds; whoever asks has a patience of their own


@dataclass(frozen=True)
class Health:
    """What lives. Whether a worker does is unknown while the database, which would tell, is away."""

    database: Literal["ok", "away"]
    worker: Literal["ok", "away", "unknown"]
    held_emails: int = 0
    """Emails that an administrator has to send or drop since the site was restored from a backup."""


def health_of(database: Database, clock: Clock) -> Health:
    """Ask the database how it is and who delivers. Reads only, so nobody who writes is in the way."""
    try:
        with database.reading() as session:
            if database.is_postgresql:
                session.execute(PATIENCE)
            return Health("ok", "ok" if alive(session, clock()) else "away", count_held(session))
    except DBAPIError as error:
        log.warning("asked how it is, the database said: %s", error.orig)
        return Health("away", "unknown")
