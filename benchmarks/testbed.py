"""What the benchmarks stand on: both databases, many accounts and letters in them, a mail server, other processes."""

import os
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

from sqlalchemy import JSON, String, text
from sqlalchemy.sql.elements import KeyedColumnElement

from microblog import schema
from microblog.clock import Clock, system_clock
from microblog.db import Database
from microblog.mail.outbox import Email
from microblog.recovery.ask import ask
from microblog.settings import Settings, load
from support.postgres import Postgres

MICROBLOG = str(Path(sys.executable).with_name("microblog"))
ENGINES = ("SQLite", "PostgreSQL")
NO_LIMITS = {f"LIMIT_RESET_PER_{what}": "off" for what in ("IDENTIFIER", "CLIENT", "SITE")}

NO_HASH = "$argon2id$" + "x" * 87  # as long as one, and no password opens it

NUMBERS = {
    "sqlite": "(WITH RECURSIVE up(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up LIMIT :count) SELECT n FROM up)",
    "postgresql": "(SELECT n FROM generate_series(0, :count - 1) AS up(n))",
}
ACCOUNTS = """
    INSERT INTO accounts (username, username_key, email, email_key, password_hash, created_at)
    SELECT 'member' || n, 'member' || n, 'member' || n || '@example.com', 'member' || n || '@example.com',
           :password_hash, :now FROM {numbers} AS numbers
"""
# Within an hour the worker gives each new account its moment of the week. That comes once, and a million at once never.
ENROLLED = "INSERT INTO digests (account_id, due_at) SELECT id, '2030-01-01 12:00:00' FROM accounts"


class Testbed:
    """Databases as many as one likes, on both engines, for as long as it is open."""

    def __init__(self) -> None:
        """Start PostgreSQL."""
        self._postgres = Postgres(durable=True)
        self._folder = TemporaryDirectory(prefix="microblog-bench-")
        self._made = 0

    def close(self) -> None:
        """End what was started."""
        self._postgres.stop()
        self._folder.cleanup()

    def folder(self) -> Path:
        """Return a new folder."""
        self._made += 1
        folder = Path(self._folder.name) / str(self._made)
        folder.mkdir()
        return folder

    @contextmanager
    def database(self, engine: str, *, accounts: int = 0, password_hash: str = NO_HASH) -> Iterator[Database]:
        """Open a new database with so many accounts in it: member0, member1 and so on."""
        with self._postgres.fresh() as fresh:
            database = Database(fresh if engine == "PostgreSQL" else f"sqlite:///{self.folder()}/bench.db")
            schema.upgrade(database)
            add_accounts(database, accounts, password_hash)
            yield database
            database.close()

    @contextmanager
    def empty_database(self, engine: str) -> Iterator[str]:
        """Return the URL of a new database without tables."""
        with self._postgres.fresh(empty=True) as fresh:
            yield fresh if engine == "PostgreSQL" else f"sqlite:///{self.folder()}/bench.db"

    @property
    def postgres_pid(self) -> int:
        """The process all others of PostgreSQL come from."""
        return self._postgres.pid

    def settings(self, database: Database, mail_port: int, **environ: str) -> Settings:
        """Return the settings of a trial on that database, without limits, that sends to that port."""
        return load(self.environ(database, mail_port, **environ))

    def environ(self, database: Database, mail_port: int, **environ: str) -> dict[str, str]:
        """Return the same as environment variables."""
        given = {
            "MICROBLOG_DATA": str(self.folder()),
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "MAIL_SERVER": "localhost",
            "MAIL_PORT": str(mail_port),
        }
        return given | NO_LIMITS | environ


def add_accounts(database: Database, count: int, password_hash: str) -> None:
    """Add members, as they are when they have been members for an hour."""
    facts = {"now": "2026-11-22 12:00:00", "password_hash": password_hash}
    fill(database, ACCOUNTS, count, **facts)
    fill(database, ENROLLED, count)


def copy_letters(database: Database, count: int) -> None:
    """Copy the one letter there is, to member0, for so many other members."""
    columns = [column for column in Email.__table__.columns if column.name != "id"]
    names = ", ".join(f'"{column.name}"' for column in columns)
    copies = ", ".join(map(copy_of, columns))
    fill(
        database, f"INSERT INTO outbox ({names}) SELECT {copies} FROM outbox, {{numbers}} AS numbers WHERE n > 0", count
    )


def copy_of(column: KeyedColumnElement[Any]) -> str:
    """Return what stands in a copy's column, in SQL."""
    name = f'outbox."{column.name}"'
    if isinstance(column.type, String | JSON):
        return f"CAST(replace(CAST({name} AS text), 'member0', 'member' || n) AS {column.type})"
    return name


def fill(database: Database, statement: str, count: int, **facts: str | int) -> None:
    """Put many rows into a table, one for each of the {numbers} below a count."""
    numbers = NUMBERS[database.engine.dialect.name]
    with database.engine.connect() as connection, connection.begin():
        if database.is_postgresql:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        asked = {**facts, "count": count} if "{numbers}" in statement else facts
        connection.execute(text(statement.format(numbers=numbers)), asked)
    tidy(database)


def tidy(database: Database) -> None:
    """Do what PostgreSQL's autovacuum does by and by."""
    if database.is_postgresql:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("RESET statement_timeout"))


def post_letters(database: Database, count: int, clock: Clock = system_clock) -> None:
    """Ask for a reset letter to so many accounts, in one transaction."""
    with database.writing() as session:
        for number in range(count):
            ask(session, f"member{number}@example.com", clock())


def forget_letters(database: Database) -> None:
    """Empty the outbox."""
    with database.writing() as session:
        if database.is_postgresql:  # the site goes on meanwhile, and each of two would wait for the other's rows
            session.execute(text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE"))
        session.execute(text("DELETE FROM outbox"))


@dataclass(frozen=True)
class MailServer:
    """A `smtp_sink` in a process of its own."""

    port: int

    def letters(self) -> int:
        """Return how many letters it has taken."""
        with smtplib.SMTP("127.0.0.1", self.port) as line:
            return int(line.docmd("XCOUNT")[1])


@contextmanager
def mail_server(*options: str) -> Iterator[MailServer]:
    """Start a mail server."""
    with program(module("benchmarks.smtp_sink", *options)) as process:
        yield MailServer(int(first_line(process)))


def first_line(process: "subprocess.Popen[str]") -> str:
    """Return the first line that another process says.

    Raises:
        RuntimeError: when it ends without one.
    """
    said = process.stdout.readline() if process.stdout else ""
    if not said:
        raise RuntimeError(f"it ended with {process.wait()}")
    return said


@contextmanager
def program(command: list[str], environ: dict[str, str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """Run another process until we are done with it; where something fails meanwhile, its last words are told."""
    ours = {**os.environ, **(environ or {})}
    with TemporaryFile("w+") as words:
        process = subprocess.Popen(command, env=ours, stdin=PIPE, stdout=PIPE, stderr=words, text=True)
        try:
            yield process
        except Exception as error:
            words.seek(0)
            error.add_note(f"{command} said: {words.read()[-2000:]}")
            raise
        finally:
            process.kill()
            process.communicate()


def module(name: str, *words: object) -> list[str]:
    """Return the command that runs a module of Python."""
    return [sys.executable, "-m", name, *map(str, words)]


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Tell whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def wait_until(happened: Callable[[], bool], what: str, seconds: float = 300) -> None:
    """Wait for something.

    Raises:
        TimeoutError: when it does not happen.
    """
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.005)
