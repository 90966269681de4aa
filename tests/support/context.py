"""The context that tests give use cases."""

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

from microblog.context import Context
from microblog.db import Database
from microblog.limits import Limits
from microblog.settings import Settings, load
from support.clock import NOON
from support.running import RunningSite


@cache
def default_settings() -> Settings:
    """The settings of a site in demo mode."""
    return load({"MICROBLOG_DATA": str(Path(tempfile.mkdtemp(prefix="microblog-test-")))})


def context_of(database: Database, now: datetime = NOON, settings: Settings | None = None) -> Context:
    """A command's context on a database."""
    settings = settings or default_settings()
    return Context(settings, database, Limits(settings.keys("limits")[0]), now)


def context_on(site: RunningSite) -> Context:
    """A command's context on a site, at its present time."""
    return context_of(site.database, site.clock(), site.settings)
