"""Is the site well, and do its letters leave?"""

import logging
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from microblog.clock import Clock
from microblog.db import Database
from microblog.mail.presence import alive
from microblog.postgres import TOO_SLOW, within

log = logging.getLogger(__name__)

CANNOT_BE_USED = "the database cannot be used; the log says why"

PATIENCE = text("SET LOCAL statement_timeout = 2000")  # milliseconds; monitors have a timeout of their own
DEADLINE = 3.0  # seconds for the whole check, also where the database server hangs


@dataclass(frozen=True)
class Health:
    """What lives. Whether a worker does is unknown while the database, which would tell, is away."""

    database: Literal["ok", "away"]
    worker: Literal["ok", "away", "unknown"]
    reason: str = ""
    """Why the database is away, for monitors: no address, name or error of the server."""


def health_of(database: Database, clock: Clock) -> Health:
    """Ask the database how it is and who delivers. Reads only, so nobody who writes is in the way."""
    try:
        with within(DEADLINE), database.reading() as session:
            if database.is_postgresql:
                session.execute(PATIENCE)
            return Health("ok", "ok" if alive(session, clock()) else "away")
    except DBAPIError as error:
        log.warning("health check failed: %s", error.orig)
        slow = isinstance(error.orig, TOO_SLOW)
        return Health("away", "unknown", "the database does not answer in time" if slow else CANNOT_BE_USED)
