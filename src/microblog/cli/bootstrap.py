"""The first steps of every command: read the settings, open the database, or exit with the reason."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn

import click
from sqlalchemy.exc import DBAPIError

from microblog import schema
from microblog.backup import RestoreUnderWay, in_use
from microblog.banner import startup_notes
from microblog.clock import Clock, SharedClock, system_clock
from microblog.context import Context
from microblog.db import Database
from microblog.db.fair_lock import FairLock
from microblog.limits import Limits
from microblog.log import configure_logging
from microblog.redaction import Redactor
from microblog.restores import current_generation
from microblog.settings import Settings, SettingsError, load
from microblog.settings.readers import is_loopback
from microblog.words import refusal_text


def read_settings(
    host: str | None = None, port: int | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings and configure logging, or exit with the problems of the settings."""
    try:
        settings = load(environ, port)
    except SettingsError as error:
        stop("Microblog cannot start with these settings.\n\n" + "\n".join(f"  {one}" for one in error.problems), 2)
    if settings.trial and host and not is_loopback(host):
        stop(f"--host {host} would show a site in demo mode to others. Set PUBLIC_URL to its https address first.", 2)
    configure_logging()
    for note in startup_notes(settings):
        click.echo(f"Note: {note}", err=True)
    return settings


@contextmanager
def open_database(settings: Settings, write_lock: FairLock | None = None) -> Iterator[Database]:
    """Open the database and close it in the end, or exit with its error."""
    database = Database(settings.database_url, write_lock=write_lock)
    with using_database(database, settings):
        yield database


@contextmanager
def using_database(database: Database, settings: Settings) -> Iterator[None]:
    """Use a database that exists already and close it in the end, or exit with its error."""
    with stop_on_database_errors(database, settings), in_use(database):
        yield


@contextmanager
def open_context() -> Iterator[Context]:
    """Read the settings, open the database, and give what a use case needs, or exit with the reason."""
    settings = read_settings()
    with open_database(settings) as database:
        refuse_old_schema(database)
        settings = with_current_generation(settings, database)
        yield Context(settings, database, Limits(settings.keys("limits")[0]), clock_for(database)())


@contextmanager
def stop_on_database_errors(database: Database, settings: Settings) -> Iterator[None]:
    """Exit with the error of a database that cannot be used. Closes the database in the end."""
    try:
        yield
    except RestoreUnderWay as refusal:
        stop(refusal_text(refusal))
    except schema.SchemaTooNew as error:
        stop(str(error))
    except DBAPIError as error:
        stop(f"DATABASE_URL: the database cannot be used: {describe_database_error(error, settings)}")
    finally:
        database.close()


def describe_database_error(error: DBAPIError, settings: Settings) -> str:
    """Return the message of a database error, redacted."""
    return Redactor(settings.secrets).hide(str(error.orig).strip())


def clock_for(database: Database) -> Clock:
    """Return the clock of the site: that of PostgreSQL, which all hosts share, or this computer's."""
    return SharedClock(database.server_time) if database.is_postgresql else system_clock


def with_current_generation(settings: Settings, database: Database) -> Settings:
    """Return the settings with the keys in use since the database was last restored from a backup."""
    return replace(settings, generation=current_generation(database))


def refuse_old_schema(database: Database) -> None:
    """Exit if the database needs a migration: `web` and `worker` do not change it under each other."""
    if not schema.is_current(database):
        stop("The database is not up to date. Run `microblog db upgrade` once, then start again.")


def stop(words: str, status: int = 1) -> NoReturn:
    """Print the reason, and exit."""
    click.echo(words, err=True)
    sys.exit(status)
