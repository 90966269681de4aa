"""The site object of an app: settings, database, clock and limits."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from microblog.clock import Clock
from microblog.db import Database, GroupCommit
from microblog.error_reports import ErrorReporter
from microblog.limits import Limits
from microblog.mail import batched_inserts
from microblog.settings import Settings

NAME = "microblog"  # of our entry among the app's extensions


@dataclass(frozen=True)
class Site:
    """One site, for the life of the process."""

    settings: Settings
    database: Database
    clock: Clock
    limits: Limits
    errors: ErrorReporter
    group_commit: GroupCommit

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock()


def make_site(settings: Settings, database: Database, clock: Clock) -> Site:
    """Put a site together from its settings."""
    return Site(
        settings,
        database,
        clock,
        Limits(settings.keys("limits")[0]),
        ErrorReporter(database, settings, clock),
        GroupCommit(database, batched_inserts),
    )


def this_site() -> Site:
    """Return the site this request is for."""
    return cast("Site", current_app.extensions[NAME])
