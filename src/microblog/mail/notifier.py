"""Wake a worker when an email was queued, so that nobody waits for the next poll."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.db.postgres import BoundedConnection, connection_parameters, time_limit
from microblog.mail.outbox import CHANNEL, NOTIFIES_LATER, NOTIFY, QUEUED

log = logging.getLogger(__name__)

POLL = 1.0  # seconds; for a lost notification, and for emails of other processes on SQLite
SLICE = 0.5  # seconds; how soon a worker waiting on PostgreSQL hears that it should stop
CONNECT = 5  # seconds for PostgreSQL to let a worker in
NOTIFY_EVERY = 0.05  # seconds; a worker that several processes notify need not hear of each email
GATHER = 0.01  # seconds; what is queued within so short a time is notified once


class Notifier(Protocol):
    """Something a worker waits on."""

    def wait(self, seconds: float) -> bool:
        """Return when notified, or after that time. True where there may be new emails."""
        ...

    def notify(self) -> None:
        """Wake whoever waits."""
        ...

    def close(self) -> None:
        """Let go of what waiting needed."""
        ...


MakeNotifier = Callable[[Callable[[], bool]], Notifier]
"""Makes a worker's notifier, given how to ask whether that worker should stop."""


class Broadcast:
    """Wakes several threads at once. Each remembers which round it saw last, so that none is missed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.round = 0

    def notify(self) -> None:
        """Wake everybody."""
        with self._changed:
            self.round += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Return at once if there was a round since `seen`; at the next one; or after that time."""
        with self._changed:
            self._changed.wait_for(lambda: self.round != seen, seconds)


class LocalNotifier:
    """A notifier within this process. Give `after_commit` to the database, and every queued email notifies."""

    def __init__(self) -> None:
        self._notified = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Wait, at the longest for one poll."""
        notified = self._notified.wait(min(seconds, POLL))
        self._notified.clear()
        return notified

    def notify(self) -> None:
        """Wake the worker."""
        self._notified.set()

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def after_commit(self, session: Session) -> None:
        """Notify if the transaction that was just committed queued an email."""
        if session.info.get(QUEUED):
            self.notify()


class PostgresNotifier:
    """A notifier across hosts: PostgreSQL's LISTEN. A lost connection is made anew, and polling bridges the gap."""

    def __init__(self, url: str, stopping: Callable[[], bool]) -> None:
        self._parameters = {**connection_parameters(url), "connect_timeout": CONNECT}
        self._stopping = stopping
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Wait for a notification, in slices short enough to hear a stop."""
        left = seconds
        try:
            if self._connection is None:
                self._connection = self._listen()
                return True  # an email may have been queued before we listened: look again first
            while left > 0 and not self._stopping():
                for _ in self._connection.notifies(timeout=min(left, SLICE), stop_after=1):
                    return True
                left -= SLICE
        except psycopg.Error:
            self.close()
            threading.Event().wait(min(left, POLL))
        return False

    def notify(self) -> None:
        """Do nothing: a stop is seen within one slice, and emails notify through the database."""

    def close(self) -> None:
        """Close the connection that listens."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _listen(self) -> psycopg.Connection:
        with time_limit(2 * CONNECT):
            connection = BoundedConnection.connect(**self._parameters, autocommit=True)
            connection.execute(f"LISTEN {CHANNEL}")
        return connection


class CommitNotifier:
    """Sends PostgreSQL's NOTIFY for one process, after the commits and beside them, so that none of them waits for it.

    PostgreSQL lets transactions with a NOTIFY in them commit one by one. Here all that were committed while one was
    under way share the next.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queued = False
        self._awake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def start(self) -> None:
        """Notify from now on for every transaction of this database, in place of a NOTIFY in each."""
        self._thread.start()
        self._database.after_commit.append(self.after_commit)
        self._database.notes[NOTIFIES_LATER] = True

    def after_commit(self, session: Session) -> None:
        """Have it sent if the transaction that was just committed queued an email."""
        if session.info.get(QUEUED):
            self._queued = True
            self._awake.set()

    def close(self) -> None:
        """Notify of the last emails, and end."""
        self._database.notes.pop(NOTIFIES_LATER)
        self._database.after_commit.remove(self.after_commit)
        self._closing.set()
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._awake.wait()
            self._awake.clear()  # first, so that an email queued from here on wakes us again
            if self._queued:
                self._notify()
                self._closing.wait(NOTIFY_EVERY)
        if self._queued:
            self._notify()

    def _notify(self) -> None:
        self._queued = False
        try:
            with self._database.writing() as session:
                session.execute(NOTIFY)
        except SQLAlchemyError as error:
            log.warning("workers could not be told of an email, they find it at their next look: %s", error)


@contextmanager
def notifying_after_commit(database: Database) -> Iterator[None]:
    """Notify of the emails of a process that lives long and queues many. Any other does within its transactions."""
    if not database.is_postgresql:
        yield
        return
    notifier = CommitNotifier(database)
    notifier.start()
    try:
        yield
    finally:
        notifier.close()
