"""Small writes that nobody waits for: gathered while requests are answered, and done a moment later by a thread.

For what is worth noting and not worth a person's time, such as when a login was last used. Most of it survives: only a
process that is killed loses what it gathered in the last second, and one whose gatherings are full turns more away.
What must not be lost belongs into the transaction of its cause.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from typing import cast

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from microblog.db import Database, is_our_fault
from microblog.settings import Settings
from microblog.web.site import NAME, Site

log = logging.getLogger(__name__)

Job = Callable[[Session], object]
OnFault = Callable[[Exception, str], None]

GATHERINGS = "microblog afterwards"  # our entry among the app's extensions
EVERY = 1.0  # seconds between two transactions
TROUBLE = 5.0  # seconds to leave a database in trouble alone
MOST = 5000  # jobs at once; a few hundred bytes each
GOODBYE = 5.0  # seconds for the last transaction


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Give the site its gatherings."""
    site = cast("Site", app.extensions[NAME])
    app.extensions[GATHERINGS] = Afterwards(site.database, site.errors.report)


def afterwards(job: Job, key: Hashable = None) -> None:
    """Have a job done soon after this request, in a transaction of its own; also from GET, which itself cannot write.

    Of several jobs with the same `key` that wait, only the last is done. The job is given a session and must not need
    the request: all it writes comes in as values.
    """
    gatherings_of(current_app).add(job, key)


def gatherings_of(app: Flask) -> "Afterwards":
    """Return what an app has put off."""
    return cast("Afterwards", app.extensions[GATHERINGS])


class Afterwards:
    """Gathers jobs, and does all of them in one transaction now and then. Its thread starts with the first job."""

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
        """Gather a job; False where it is turned away, for too many wait or all has ended."""
        key = object() if key is None else key
        with self._lock:
            if self._stop.is_set() or (len(self._jobs) >= self._most and key not in self._jobs):
                self._tell_once()
                return False
            self._jobs[key] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="afterwards", daemon=True)
                self._thread.start()
        return True

    def flush(self) -> int:
        """Do all that waits now, and return how much that was.

        Raises:
            DBAPIError: the database is in trouble; all of it waits on.
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
                    self._jobs = taken | self._jobs  # where somebody gathered a newer one, that
                raise
            self._full = False
            return len(taken)

    def close(self) -> None:
        """Do what waits, and end. Nothing is gathered any more."""
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
        """Flush, and tell whether the database let us; whatever goes wrong, the thread goes on."""
        try:
            self.flush()
        except DBAPIError as error:
            log.warning("what was put off waits on, the database is in trouble: %s", error.orig)
            return False
        except Exception as error:  # noqa: BLE001 - the next ones may be in order
            self._on_fault(error, "what was put off")
        return True

    def _attempt(self, session: Session, job: Job) -> None:
        """Do one job; one that is at fault is undone and reported, and takes nothing else with it."""
        try:
            with session.begin_nested():
                job(session)
        except Exception as error:
            if isinstance(error, DBAPIError) and not is_our_fault(error):
                raise
            self._on_fault(error, "what was put off")

    def _tell_once(self) -> None:
        if not self._full:
            log.warning("too much was put off; some of it is not done")
        self._full = True
