"""The `microblog` command: run, web, worker, db, shell."""

import code
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import click
from alembic import command
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog import __version__, schema
from microblog.banner import database_words, notes, welcome
from microblog.clock import system_clock
from microblog.db import Database
from microblog.log import set_up
from microblog.mail.bell import Bell, LocalBell, PostgresBell
from microblog.mail.delivery import Delivery
from microblog.settings import Settings, SettingsError, load
from microblog.web import create_app, pages_of
from microblog.web.server import CannotListen, Server, leave, on_stop
from microblog.worker import Worker, all_writers, transport_for

STOPPED = "Stopped. What was not sent yet waits in the outbox."
LONGEST_STOP = 15.0  # seconds; a letter that takes longer is sent again after the next start, under the same Message-ID

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), help="The port to listen on: PUBLIC_URL's, or 5000."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Microblog: a self-hosted microblog whose members always get back in."""


@main.command()
@host_option
@port_option
def run(host: str, port: int | None) -> None:
    """Run the site and its delivery, all in one. Brings the database up to date first."""
    settings = settings_for(host, port)
    with open_database(settings) as database:
        schema.upgrade(database)
        server = listen(settings, database, host, port)
        with delivering(settings, database):
            click.echo(welcome(settings, host, port))
            server.run()
            server.close()
    click.echo(STOPPED)


@main.command()
@host_option
@port_option
def web(host: str, port: int | None) -> None:
    """Run the site alone. Letters wait for a `microblog worker`."""
    settings = settings_for(host, port)
    with open_database(settings) as database:
        refuse_old_schema(database)
        server = listen(settings, database, host, port)
        click.echo(welcome(settings, host, port))
        server.run()
        server.close()


@main.command()
def worker() -> None:
    """Deliver letters, and nothing else. Any number of these may run beside each other."""
    settings = settings_for()
    with open_database(settings) as database:
        refuse_old_schema(database)
        with delivering(settings, database) as thread:
            click.echo("Delivering letters. Stop with Ctrl-C.")
            on_stop(leave)
            with suppress(SystemExit):
                while thread.is_alive():
                    time.sleep(1)  # not join(): an exception inside it makes Python 3.11 take the thread for ended
    click.echo(STOPPED)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database up to date. Harmless when it is."""
    settings = settings_for()
    with open_database(settings) as database:
        steps = schema.upgrade(database)
    click.echo(f"Database: {database_words(settings)}")
    click.echo("\n".join(f"Done: {step}" for step in steps) or "The database is up to date.")


@db.command()
@click.argument("words")
def revise(words: str) -> None:
    """Write a new migration, named by WORDS, from what the models have and the database lacks. For developers."""
    settings_for()
    command.revision(schema.config(), words, autogenerate=True)


@main.command()
def shell() -> None:
    """Open a Python prompt with the app, a database session and the models at hand."""
    settings = settings_for()
    with open_database(settings) as database:
        refuse_old_schema(database)
        app = create_app(settings, database)
        engine = database.engine.execution_options(lazy=True)
        with app.app_context(), Session(engine) as session:
            hands = {"app": app, "database": database, "session": session, "settings": settings}
            hands |= {table.__name__: table for table in schema.TABLES}
            click.echo(f"Database: {database_words(settings)}")
            code.interact("At hand: " + ", ".join(hands) + ". Changes need session.commit().", local=hands, exitmsg="")


def settings_for(host: str = "127.0.0.1", port: int | None = None) -> Settings:
    """Read the settings, or stop and say by name what is wrong with them."""
    try:
        settings = load(port=port)
    except SettingsError as error:
        stop("Microblog cannot start with these settings.\n\n" + "\n".join(f"  {one}" for one in error.problems), 2)
    if settings.trial and host not in ("127.0.0.1", "localhost", "::1"):
        stop(f"--host {host} would show this trial to others. Set PUBLIC_URL to the site's https address first.", 2)
    set_up()
    for note in notes(settings):
        click.echo(f"Note: {note}", err=True)
    return settings


@contextmanager
def delivering(settings: Settings, database: Database) -> Iterator[threading.Thread]:
    """Deliver letters in a thread meanwhile. At the end the letter in hand gets some seconds to be finished."""
    worker = make_worker(settings, database)
    thread = threading.Thread(target=worker.run, name="delivery", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        worker.stop()
        thread.join(min(settings.mail.timeout, LONGEST_STOP))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the database, or stop and say what it answered."""
    database = Database(settings.database_url)
    try:
        yield database
    except schema.SchemaTooNew as error:
        stop(str(error))
    except DBAPIError as error:
        stop(f"DATABASE_URL: the database cannot be used: {str(error.orig).strip()}")
    finally:
        database.close()


def refuse_old_schema(database: Database) -> None:
    """Stop where the database is not at this version: `web` and `worker` do not change it under each other."""
    if not schema.is_current(database):
        stop("The database is not up to date. Run `microblog db upgrade` once, then start again.")


def listen(settings: Settings, database: Database, host: str, port: int | None) -> Server:
    """Bind the site to its address, or stop and say why it cannot be."""
    try:
        return Server(create_app(settings, database), host, port or default_port(settings))
    except CannotListen as error:
        stop(str(error))


def default_port(settings: Settings) -> int:
    """Return PUBLIC_URL's port in a trial, and 5000 behind a proxy."""
    return (settings.public_url.port or 80) if settings.trial else 5000


def make_worker(settings: Settings, database: Database) -> Worker:
    """Put a worker together, with the bell that fits the database."""
    writers = all_writers(settings, pages_of(settings.public_url))
    delivery = Delivery(database, writers, transport_for(settings), settings.mail.sender, system_clock)
    return Worker(database, delivery, bell_for(database), system_clock)


def bell_for(database: Database) -> Callable[[Callable[[], bool]], Bell]:
    """Return how a worker is woken: by PostgreSQL across hosts, on SQLite by this process's own commits."""
    if database.is_postgresql:
        return lambda stopping: PostgresBell(str(database.engine.url.render_as_string(hide_password=False)), stopping)
    bell = LocalBell()
    database.after_commit.append(bell.after_commit)
    return lambda _: bell


def stop(words: str, status: int = 1) -> NoReturn:
    """Say why it cannot go on, and leave."""
    click.echo(words, err=True)
    sys.exit(status)
