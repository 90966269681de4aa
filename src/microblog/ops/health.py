"""The health of the site and of its delivery."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog.clock import Clock
from microblog.db import TOO_SLOW, Database, time_limit
from microblog.mail import count_held
from microblog.mail.admin import oldest_open
from microblog.mail.heartbeat import live_workers, obstacle
from microblog.words.spans import ago

log = logging.getLogger(__name__)

CANNOT_BE_USED = "the database cannot be used; the log says why"

PATIENCE = text("SET LOCAL statement_timeout = 2000")  # milliseconds; monitors have a timeout of their own
DEADLINE = 3.0  # seconds for the whole check, also where the database server hangs
NO_WORKER = "No worker is running, so no email leaves."
# The server's response is for administrators: it may name hosts and logins.
SERVER_DOWN = "The mail server has been unusable for {}, and emails wait. Its response is at /admin/mail."
Delivery = Literal["ok", "away", "mail server down", "unknown"]


@dataclass(frozen=True)
class Health:
    """The health of the parts. That of the workers is unknown while the database is unavailable."""

    database: Literal["ok", "away"]
    worker: Delivery
    reason: str = ""
    """Why the database is away or no email is delivered, for monitors: no address, name or error of a server."""
    held_emails: int = 0
    """Emails that an administrator has to send or drop since the site was restored from a backup."""


def health_of(database: Database, clock: Clock, down_after: timedelta) -> Health:
    """Ask the database how it is and who delivers. Reads only, so nobody who writes is in the way."""
    try:
        with time_limit(DEADLINE), database.reading() as session:
            if database.is_postgresql:
                session.execute(PATIENCE)
            return Health("ok", *delivery(session, clock, down_after), count_held(session))
    except DBAPIError as error:
        log.warning("health check failed: %s", error.orig)
        slow = isinstance(error.orig, TOO_SLOW)
        return Health("away", "unknown", "the database does not answer in time" if slow else CANNOT_BE_USED)


def delivery(session: Session, clock: Clock, down_after: timedelta) -> tuple[Delivery, str]:
    """Tell whether emails are delivered, and if not, why. While none waits nobody knows how the mail server is."""
    living = live_workers(session, clock())
    if not living:
        return "away", NO_WORKER
    trouble = obstacle(living, down_after)
    if trouble and oldest_open(session):
        return "mail server down", SERVER_DOWN.format(ago(timedelta(seconds=trouble.seconds)))
    return "ok", ""
