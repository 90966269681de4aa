"""Deferred writes: a thread does them about a second later, all in one transaction.

For what is worth recording and not worth a person's time, such as when a session was last used. A killed process loses
the writes of its last second, and a full queue rejects more. What must not be lost belongs in the transaction of its
cause.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from typing import cast

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog.db import Database, is_permanent_error
from microblog.settings import Settings
from microblog.web.site import NAME, Site

log = logging.getLogger(__name__)

Job = Callable[[Session], object]
OnFault = Callable[[Exception, str], None]

EXTENSION = "microblog deferred writes"  # our key among the app's extensions
EVERY = 1.0  # seconds between two transactions
TROUBLE = 5.0  # seconds to wait while the database is unavailable
MOST = 5000  # jobs at once; a few hundred bytes each
GOODBYE = 5.0  # seconds for the last transaction


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Give the app its queue of deferred writes."""
    site = cast("Site", app.extensions[NAME])
    app.extensions[EXTENSION] = DeferredWrites(site.database, site.errors.report)


def defer(job: Job, key: Hashable = None) -> None:
    """Run a job soon after this request, outside its transaction; also from GET, which itself can't write.

    Of several waiting jobs with the same `key`, only the last runs. A job is given a session and must not use the
    request: it captures all it writes as values.
    """
    deferred_writes(current_app).add(job, key)


def deferred_writes(app: Flask) -> "DeferredWrites":
    """Return the queue of an app."""
    return cast("DeferredWrites", app.extensions[EXTENSION])


class DeferredWrites:
    """A queue of jobs, flushed in one transaction about once a second. Its thread starts with the first job."""

    def __init__(self, database: Database, on_fault: OnFault, every: float = EVERY, most: int = MOST) -> None:
        self._database = database
        self._on_fault = on_fault
        self._every = every
        self._most = most
        self._jobs: dict[Hashable, Job] = {}
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._full = False

    def add(self, job: Job, key: Hashable = None) -> bool:
        """Queue a job. Returns False if the queue is full or closed."""
        key = object() if key is None else key
        with self._lock:
            if self._stop.is_set() or (len(self._jobs) >= self._most and key not in self._jobs):
                self._tell_once()
                return False
            self._jobs[key] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deferred writes", daemon=True)
                self._thread.start()
        return True

    def flush(self) -> int:
        """Run all waiting jobs now, and return how many there were.

        Raises:
            DBAPIError: the database is unavailable; all of them stay queued.
        """
        with self._flushing:
            with self._lock:
                taken, self._jobs = self._jobs, {}
            try:
                if taken:
                    with self._database.writing() as session:
                        for job in taken.values():
                            self._attempt(session, job)
            except DBAPIError:
                with self._lock:
                    self._jobs = taken | self._jobs  # a newer job with the same key wins
                raise
            self._full = False
            return len(taken)

    def close(self) -> None:
        """Run what waits, and stop accepting jobs."""
        with self._lock:
            self._stop.set()
        if self._thread:
            self._thread.join(GOODBYE)

    def _run(self) -> None:
        wait = self._every
        while not self._stop.wait(wait):
            wait = self._every if self._flushed() else TROUBLE
        self._flushed()

    def _flushed(self) -> bool:
        """Flush, and return False if the database is unavailable. Never raises: the thread goes on."""
        try:
            self.flush()
        except DBAPIError as error:
            log.warning("what was put off waits on, the database is in trouble: %s", error.orig)
            return False
        except Exception as error:  # noqa: BLE001 - the next ones may be in order
            self._on_fault(error, "what was put off")
        return True

    def _attempt(self, session: Session, job: Job) -> None:
        """Run one job in a savepoint. One that fails is undone and reported, and the others are kept."""
        try:
            with session.begin_nested():
                job(session)
        except Exception as error:
            if isinstance(error, DBAPIError) and not is_permanent_error(error):
                raise
            self._on_fault(error, "what was put off")

    def _tell_once(self) -> None:
        if not self._full:
            log.warning("too much was put off; some of it is not done")
        self._full = True
