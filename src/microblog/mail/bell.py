"""The bell that wakes a worker when a letter was posted, so that nobody waits for the next poll."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.mail.outbox import CHANNEL, NOTIFY, POSTED, RUNG_LATER
from microblog.postgres import BoundedConnection, parameters_of, within

log = logging.getLogger(__name__)

POLL = 1.0  # seconds; the net under the bell, and how letters of other processes are found on SQLite
SLICE = 0.5  # seconds; how soon a worker waiting on PostgreSQL hears that it should stop
CONNECT = 5  # seconds for PostgreSQL to let a worker in
RING_EVERY = 0.05  # seconds; a worker that is rung by several processes need not hear of each email
GATHER = 0.01  # seconds; what is posted within so short a time rings once


class Bell(Protocol):
    """Something to wait on."""

    def wait(self, seconds: float) -> bool:
        """Return when the bell rings, or after that time. True where there may be new letters."""
        ...

    def ring(self) -> None:
        """Wake whoever waits."""
        ...

    def close(self) -> None:
        """Let go of what waiting needed."""
        ...


MakeBell = Callable[[Callable[[], bool]], Bell]
"""Makes a worker's bell, which is told how to ask whether that worker should stop."""


class Alarm:
    """Wakes several threads at once. Each remembers which ringing it heard last, so that none is missed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.rung = 0

    def ring(self) -> None:
        """Wake everybody."""
        with self._changed:
            self.rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Return at once if it rang since `heard`; when it rings; or after that time."""
        with self._changed:
            self._changed.wait_for(lambda: self.rung != heard, seconds)


class LocalBell:
    """A bell inside this process. Give `after_commit` to the database, and every posted letter rings it."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Wait, at the longest for one poll."""
        rang = self._rung.wait(min(seconds, POLL))
        self._rung.clear()
        return rang

    def ring(self) -> None:
        """Wake the worker."""
        self._rung.set()

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def after_commit(self, session: Session) -> None:
        """Ring if the transaction that was just committed posted a letter."""
        if session.info.get(POSTED):
            self.ring()


class PostgresBell:
    """A bell all hosts hear: PostgreSQL's LISTEN. A lost connection is made anew, and polling bridges the gap."""

    def __init__(self, url: str, stopping: Callable[[], bool]) -> None:
        self._parameters = {**parameters_of(url), "connect_timeout": CONNECT}
        self._stopping = stopping
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Wait for a notification, in slices short enough to hear a stop."""
        left = seconds
        try:
            if self._connection is None:
                self._connection = self._listen()
                return True  # a letter may have been posted before we listened: look again first
            while left > 0 and not self._stopping():
                for _ in self._connection.notifies(timeout=min(left, SLICE), stop_after=1):
                    return True
                left -= SLICE
        except psycopg.Error:
            self.close()
            threading.Event().wait(min(left, POLL))
        return False

    def ring(self) -> None:
        """Do nothing: a stop is heard within one slice, and letters ring through the database."""

    def close(self) -> None:
        """Close the connection that listens."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _listen(self) -> psycopg.Connection:
        with within(2 * CONNECT):
            connection = BoundedConnection.connect(**self._parameters, autocommit=True)
            connection.execute(f"LISTEN {CHANNEL}")
        return connection


class Ringer:
    """Rings PostgreSQL's bell for one process, after the commits and beside them, so that none of them waits for it.

    PostgreSQL lets transactions with a NOTIFY in them commit one by one. Here all that were committed while one was
    under way share the next.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._posted = False
        self._awake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)

    def start(self) -> None:
        """Ring from now on for every transaction of this database, in place of a NOTIFY in each."""
        self._thread.start()
        self._database.after_commit.append(self.after_commit)
        self._database.notes[RUNG_LATER] = True

    def after_commit(self, session: Session) -> None:
        """Have it rung if the transaction that was just committed posted a letter."""
        if session.info.get(POSTED):
            self._posted = True
            self._awake.set()

    def close(self) -> None:
        """Ring for the last letters, and end."""
        self._database.notes.pop(RUNG_LATER)
        self._database.after_commit.remove(self.after_commit)
        self._closing.set()
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._awake.wait()
            self._awake.clear()  # first, so that a letter posted from here on wakes us again
            if self._posted:
                self._ring()
                self._closing.wait(RING_EVERY)
        if self._posted:
            self._ring()

    def _ring(self) -> None:
        self._posted = False
        try:
            with self._database.writing() as session:
                session.execute(NOTIFY)
        except SQLAlchemyError as error:
            log.warning("workers could not be told of a letter, they find it at their next look: %s", error)


@contextmanager
def ringing(database: Database) -> Iterator[None]:
    """Ring for the letters of a process that lives long and posts many. Any other rings within its transactions."""
    if not database.is_postgresql:
        yield
        return
    ringer = Ringer(database)
    ringer.start()
    try:
        yield
    finally:
        ringer.close()
