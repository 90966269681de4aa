"""What every command does first: read the settings and open the database, or stop and say why it cannot be."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn

import click
from sqlalchemy.exc import DBAPIError

from microblog import schema
from microblog.backup import RestoreUnderWay, in_use
from microblog.banner import notes
from microblog.clock import Clock, SharedClock, system_clock
from microblog.db import Database
from microblog.log import set_up
from microblog.redaction import Redactor
from microblog.restores import current_generation
from microblog.settings import Settings, SettingsError, load
from microblog.settings.readers import is_loopback
from microblog.turn import Turn


def settings_for(
    host: str | None = None, port: int | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings, or stop and say by name what is wrong with them."""
    try:
        settings = load(environ, port)
    except SettingsError as error:
        stop("Microblog cannot start with these settings.\n\n" + "\n".join(f"  {one}" for one in error.problems), 2)
    if settings.trial and host and not is_loopback(host):
        stop(f"--host {host} would show this trial to others. Set PUBLIC_URL to the site's https address first.", 2)
    set_up()
    for note in notes(settings):
        click.echo(f"Note: {note}", err=True)
    return settings


@contextmanager
def open_database(settings: Settings, turn: Turn | None = None) -> Iterator[Database]:
    """Open the database, or stop and say what it answered."""
    database = Database(settings.database_url, turn=turn)
    with using_database(database, settings):
        yield database


@contextmanager
def using_database(database: Database, settings: Settings) -> Iterator[None]:
    """Use a database that was made before, or stop and say what it answered. It is closed in the end."""
    with database_errors(database, settings), in_use(database):
        yield


@contextmanager
def database_errors(database: Database, settings: Settings) -> Iterator[None]:
    """Say what the database answered where it cannot be used, and stop. It is closed in the end."""
    try:
        yield
    except RestoreUnderWay as refusal:
        stop(str(refusal))
    except schema.SchemaTooNew as error:
        stop(str(error))
    except DBAPIError as error:
        stop(f"DATABASE_URL: the database cannot be used: {words_of(error, settings)}")
    finally:
        database.close()


def words_of(error: DBAPIError, settings: Settings) -> str:
    """Return what the database said, without anything secret that it repeats."""
    return Redactor(settings.secrets).hide(str(error.orig).strip())


def clock_for(database: Database) -> Clock:
    """Return the clock of this site: PostgreSQL's own, which all hosts share, or on SQLite this computer's."""
    return SharedClock(database.server_time) if database.is_postgresql else system_clock


def at_generation(settings: Settings, database: Database) -> Settings:
    """Return the settings with the keys that are good since the database was last restored from a backup."""
    return replace(settings, generation=current_generation(database))


def refuse_old_schema(database: Database) -> None:
    """Stop where the database is not at this version: `web` and `worker` do not change it under each other."""
    if not schema.is_current(database):
        stop("The database is not up to date. Run `microblog db upgrade` once, then start again.")


def stop(words: str, status: int = 1) -> NoReturn:
    """Say why it cannot go on, and leave."""
    click.echo(words, err=True)
    sys.exit(status)
