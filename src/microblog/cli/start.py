"""Starting what runs: the site, the delivery, or both."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
    using_database,
    with_current_generation,
)
from microblog.cli.last_address import remember_address
from microblog.clock import Clock
from microblog.db import Database
from microblog.db.process_lock import ProcessLock
from microblog.digests import queue_due_digests
from microblog.error_reports import ErrorReporter
from microblog.mail.delivery import Delivery
from microblog.mail.notifier import LocalNotifier, MakeNotifier, PostgresNotifier, notifying_after_commit
from microblog.mail.pipe_notifier import PipeNotifier
from microblog.mail.transports import make_transport
from microblog.ops import delete_due
from microblog.processes import ChildFailed, Processes, Work, stops_delayed, until_stopped
from microblog.settings import Settings
from microblog.settings.readers import is_ip
from microblog.web import create_app, pages_of
from microblog.web.server.connection_limits import PER_CLIENT
from microblog.web.server.waitress_server import CONNECTIONS, CannotListen, Server, connections_possible, listen_on
from microblog.worker import Job, Worker, all_renderers

STOPPED = "Stopped. What was not sent yet waits in the outbox."
LONGEST_STOP = 15.0  # seconds; an email that takes longer is sent again after the next start, under the same Message-ID

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
    with open_database(settings, ProcessLock()) as database:
        schema.upgrade(database)
        site = load_site(settings, database, host, port)
    notifier = notifier_for(database, shared=True)
    run_together(site, startup_message(settings, host, port), {"delivery": lambda: deliver(site, notifier)})
    click.echo(STOPPED)


@click.command()
@host_option
@port_option
def web(host: str | None, port: int | None) -> None:
    """Run the site alone. Letters wait for a `microblog worker`."""
    settings = read_settings(host, port)
    host = host or default_host(settings)
    with open_database(settings, ProcessLock()) as database:
        refuse_old_schema(database)
        site = load_site(settings, database, host, port)
    run_together(site, startup_message(settings, host, port))


@click.command()
def worker() -> None:
    """Deliver letters, and nothing else. Any number of these may run beside each other."""
    settings = read_settings()
    with open_database(settings) as database, notifying_after_commit(database):
        refuse_old_schema(database)
        settings = with_current_generation(settings, database)
        with (
            deliver_in_thread(settings, database, clock_for(database), notifier_for(database)) as thread,
            until_stopped(),
        ):
            click.echo("Delivering letters. Stop with Ctrl-C.")
            wait_for_end(thread)
    click.echo(STOPPED)


@dataclass(frozen=True)
class LoadedSite:
    """A site that listens, and whose processes have yet to be forked. Its database is closed until they open it."""

    settings: Settings
    database: Database
    clock: Clock
    make_server: Callable[..., Server]

    @contextmanager
    def in_this_process(self) -> Iterator[None]:
        """Use its database in a process that was forked, unless it was restored from a backup meanwhile."""
        with using_database(self.database, self.settings), notifying_after_commit(self.database):
            if with_current_generation(self.settings, self.database) != self.settings:
                stop("The database was restored from a backup meanwhile. Please start again.")
            yield


def load_site(settings: Settings, database: Database, host: str, port: int | None) -> LoadedSite:
    """Bind the site to its address and load it, or stop and say why it cannot be."""
    settings = with_current_generation(settings, database)
    clock = clock_for(database)
    try:
        sockets = listen_on(host, port or default_port(settings))
    except CannotListen as error:
        stop(str(error))
    remember_address(settings)
    return LoadedSite(settings, database, clock, partial(Server, create_app(settings, database, clock), sockets))


def run_together(site: LoadedSite, greeting: str, more: Mapping[str, Work] | None = None) -> None:
    """Answer requests in as many processes as the settings say, with whatever else there is to do beside them."""
    works = {f"web {number}": lambda: serve(site) for number in range(1, site.settings.web_processes + 1)}
    processes = Processes({**works, **(more or {})})
    try:
        with until_stopped(), processes.running():
            click.echo(greeting)
            processes.watch()
    except ChildFailed as failed:
        sys.exit(failed.status)


def serve(site: LoadedSite) -> None:
    """Answer requests until told to stop. What one client may hold, and all together, is shared among the processes."""
    many = site.settings.web_processes
    with site.in_this_process():
        # The open files are each process's own, so only the bound on all connections is divided.
        most, most_per_client = min(connections_possible(), CONNECTIONS // many), max(PER_CLIENT // many, 1)
        with stops_delayed():
            server = site.make_server(most=most, most_per_client=most_per_client)
        server.run()
        server.close()


def deliver(site: LoadedSite, notifier: MakeNotifier) -> None:
    """Deliver emails until told to stop."""
    with site.in_this_process(), deliver_in_thread(site.settings, site.database, site.clock, notifier) as thread:
        wait_for_end(thread)


def wait_for_end(thread: threading.Thread) -> None:
    """Wait for a thread. An exception inside `join` would make Python 3.11 take it for ended."""
    while thread.is_alive():
        time.sleep(1)


@contextmanager
def deliver_in_thread(
    settings: Settings, database: Database, clock: Clock, notifier: MakeNotifier
) -> Iterator[threading.Thread]:
    """Deliver emails in a thread meanwhile. At the end the email in hand gets some seconds to be finished."""
    worker = make_worker(settings, database, clock, notifier)
    thread = threading.Thread(target=worker.run, name="delivery", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        worker.stop()
        thread.join(min(settings.mail.timeout, LONGEST_STOP))


def default_host(settings: Settings) -> str:
    """Return the IP address in PUBLIC_URL in demo mode, if it has one, such as ::1; otherwise 127.0.0.1."""
    host = settings.public_url.host
    return host if settings.trial and is_ip(host) else "127.0.0.1"


def default_port(settings: Settings) -> int:
    """Return the port in PUBLIC_URL in demo mode, and 5000 behind a proxy."""
    return (settings.public_url.port or 80) if settings.trial else 5000


def make_worker(settings: Settings, database: Database, clock: Clock, notifier: MakeNotifier | None = None) -> Worker:
    """Put a worker together: as many threads as it may have connections."""
    renderers, errors = all_renderers(settings, pages_of(settings.public_url)), ErrorReporter(database, settings, clock)
    sender, rate = settings.mail.sender, settings.mail.rate
    deliveries = [
        Delivery(database, renderers, make_transport(settings), sender, clock, errors.report, rate)
        for _ in range(settings.mail.connections if settings.mail.server else 1)
    ]
    keep = settings.mail.keep
    deletions = partial(delete_due, database, settings.keys("events")[0])
    jobs: list[Job] = [errors.remind, partial(queue_due_digests, database)]
    return Worker(
        database,
        deliveries,
        notifier or notifier_for(database),
        clock,
        errors.report,
        keep_emails=keep,
        hourly=jobs,
        final=[deletions],
    )


def notifier_for(database: Database, *, shared: bool = False) -> MakeNotifier:
    """Return how a worker is woken: by PostgreSQL across hosts, on SQLite by commits of this process.

    `shared`: by those of all processes that are forked from this one.
    """
    if database.is_postgresql:
        return lambda stopping: PostgresNotifier(
            str(database.engine.url.render_as_string(hide_password=False)), stopping
        )
    notifier = PipeNotifier() if shared else LocalNotifier()
    database.after_commit.append(notifier.after_commit)
    return lambda _: notifier
