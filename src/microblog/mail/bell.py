"""The bell that wakes a worker when a letter was posted, so that nobody waits for the next poll."""

import threading
from collections.abc import Callable
from typing import Protocol

import psycopg
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from microblog.mail.outbox import CHANNEL

POLL = 1.0  # seconds; the net under the bell, and how letters of other processes are found on SQLite
SLICE = 0.5  # seconds; how soon a worker waiting on PostgreSQL hears that it should stop


class Bell(Protocol):
    """Something to wait on."""

    def wait(self, seconds: float) -> None:
        """Return when the bell rings, or after that time."""
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

    def wait(self, seconds: float) -> None:
        """Wait, at the longest for one poll."""
        self._rung.wait(min(seconds, POLL))
        self._rung.clear()

    def ring(self) -> None:
        """Wake the worker."""
        self._rung.set()

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def after_commit(self, session: Session) -> None:
        """Ring if the transaction that was just committed posted a letter."""
        if session.info.get("letters_posted"):
            self.ring()


class PostgresBell:
    """A bell all hosts hear: PostgreSQL's LISTEN. A lost connection is made anew, and polling bridges the gap."""

    def __init__(self, url: str, stopping: Callable[[], bool]) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._stopping = stopping
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> None:
        """Wait for a notification, in slices short enough to hear a stop."""
        left = seconds
        try:
            if self._connection is None:
                self._connection = self._listen()
                return  # a letter may have been posted before we listened: look again first
            while left > 0 and not self._stopping():
                for _ in self._connection.notifies(timeout=min(left, SLICE), stop_after=1):
                    return
                left -= SLICE
        except psycopg.Error:
            self.close()
            threading.Event().wait(min(left, POLL))

    def ring(self) -> None:
        """Do nothing: a stop is heard within one slice, and letters ring through the database."""

    def close(self) -> None:
        """Close the connection that listens."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _listen(self) -> psycopg.Connection:
        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
        connection.execute(f"LISTEN {CHANNEL}")
        return connection
