"""The moment in which one transaction waits for a row that another holds: on PostgreSQL, which shows it."""

import time

import pytest
from sqlalchemy import text

from support.running import RunningSite

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
PATIENCE = 10  # seconds


def until_somebody_waits(site: RunningSite) -> None:
    """Wait for that, with a new look each time: one transaction sees one moment."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with site.database.reading() as db:
            if db.scalar(WAITING):
                return
        time.sleep(0.02)
    pytest.fail("nobody waits")
