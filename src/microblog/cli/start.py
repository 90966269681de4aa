"""Starting what runs: the site, the delivery, or both."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import click

from microblog import schema
from microblog.banner import startup_message
from microblog.cli.bootstrap import (
    clock_for,
    open_database,
    read_settings,
    refuse_old_schema,
    stop,
    with_current_generation,
)
from microblog.cli.last_address import remember_address
from microblog.clock import Clock
from microblog.db import Database
from microblog.digests import queue_due_digests
from microblog.error_reports import ErrorReporter
from microblog.mail.delivery import Delivery
from microblog.mail.notifier import LocalNotifier, MakeNotifier, PostgresNotifier, notifying
from microblog.mail.transports import make_transport
from microblog.ops import delete_due
from microblog.settings import Settings
from microblog.settings.readers import is_ip
from microblog.web import create_app, pages_of
from microblog.web.server.waitress_server import CannotListen, Server, until_stopped
from microblog.worker import Job, Worker, all_writers

STOPPED = "Stopped. What was not sent yet waits in the outbox."
LONGEST_STOP = 15.0  # seconds; a letter that takes longer is sent again after the next start, under the same Message-ID

host_option = click.option(
    "--host", help="The address to listen on: 127.0.0.1, or in demo mode the address in PUBLIC_URL if it has one."
)
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), help="The port to listen on: PUBLIC_URL's, or 5000."
)


@click.command()
@host_option
@port_option
def run(host: str | None, port: int | None) -> None:
    """Run the site and its delivery, all in one. Brings the database up to date first."""
    settings = read_settings(host, port)
    host = host or default_host(settings)
    with open_database(settings) as database, notifying(database):
        schema.upgrade(database)
        settings = with_current_generation(settings, database)
        clock = clock_for(database)
        server = listen(settings, database, host, port, clock)
        with delivering(settings, database, clock):
            with until_stopped():
                click.echo(startup_message(settings, host, port))
                server.run()
            server.close()
    click.echo(STOPPED)


@click.command()
@host_option
@port_option
def web(host: str | None, port: int | None) -> None:
    """Run the site alone. Letters wait for a `microblog worker`."""
    settings = read_settings(host, port)
    host = host or default_host(settings)
    with open_database(settings) as database, notifying(database):
        refuse_old_schema(database)
        settings = with_current_generation(settings, database)
        server = listen(settings, database, host, port, clock_for(database))
        with until_stopped():
            click.echo(startup_message(settings, host, port))
            server.run()
        server.close()


@click.command()
def worker() -> None:
    """Deliver letters, and nothing else. Any number of these may run beside each other."""
    settings = read_settings()
    with open_database(settings) as database, notifying(database):
        refuse_old_schema(database)
        settings = with_current_generation(settings, database)
        with delivering(settings, database, clock_for(database)) as thread, until_stopped():
            click.echo("Delivering letters. Stop with Ctrl-C.")
            while thread.is_alive():
                time.sleep(1)  # not join(): an exception inside it makes Python 3.11 take the thread for ended
    click.echo(STOPPED)


@contextmanager
def delivering(settings: Settings, database: Database, clock: Clock) -> Iterator[threading.Thread]:
    """Deliver letters in a thread meanwhile. At the end the letter in hand gets some seconds to be finished."""
    worker = make_worker(settings, database, clock)
    thread = threading.Thread(target=worker.run, name="delivery", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        worker.stop()
        thread.join(min(settings.mail.timeout, LONGEST_STOP))


def listen(settings: Settings, database: Database, host: str, port: int | None, clock: Clock) -> Server:
    """Bind the site to its address, or stop and say why it cannot be."""
    try:
        server = Server(create_app(settings, database, clock), host, port or default_port(settings))
    except CannotListen as error:
        stop(str(error))
    remember_address(settings)
    return server


def default_host(settings: Settings) -> str:
    """Return the IP address in PUBLIC_URL in demo mode, if it has one, such as ::1; otherwise 127.0.0.1."""
    host = settings.public_url.host
    return host if settings.trial and is_ip(host) else "127.0.0.1"


def default_port(settings: Settings) -> int:
    """Return the port in PUBLIC_URL in demo mode, and 5000 behind a proxy."""
    return (settings.public_url.port or 80) if settings.trial else 5000


def make_worker(settings: Settings, database: Database, clock: Clock) -> Worker:
    """Put a worker together: as many threads as it may have connections, and the notifier that fits the database."""
    writers, errors = all_writers(settings, pages_of(settings.public_url)), ErrorReporter(database, settings, clock)
    sender, rate = settings.mail.sender, settings.mail.rate
    deliveries = [
        Delivery(database, writers, make_transport(settings), sender, clock, errors.report, rate)
        for _ in range(settings.mail.connections if settings.mail.server else 1)
    ]
    keep = settings.mail.keep
    deletions = partial(delete_due, database, settings.keys("events")[0])
    jobs: list[Job] = [errors.remind, partial(queue_due_digests, database)]
    return Worker(
        database,
        deliveries,
        notifier_for(database),
        clock,
        errors.report,
        keep_letters=keep,
        hourly=jobs,
        final=[deletions],
    )


def notifier_for(database: Database) -> MakeNotifier:
    """Return how a worker is woken: by PostgreSQL across hosts, on SQLite by this process's own commits."""
    if database.is_postgresql:
        return lambda stopping: PostgresNotifier(
            str(database.engine.url.render_as_string(hide_password=False)), stopping
        )
    notifier = LocalNotifier()
    database.after_commit.append(notifier.after_commit)
    return lambda _: notifier
