"""The worker: threads that deliver what is due, woken by a notifier, until told to stop."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from microblog import __version__
from microblog.clock import Agreed, Agreement, Clock, monotonic_of
from microblog.db import Database, is_permanent_error
from microblog.email_context import email_contexts
from microblog.links import Pages
from microblog.mail import EmailRenderers, bind_email_types, discover_email_types
from microblog.mail.circuit_breaker import Trouble, trouble_of
from microblog.mail.delivery import Delivery
from microblog.mail.heartbeat import Heartbeat
from microblog.mail.leases import RENEW_EVERY, expire, next_due
from microblog.mail.notifier import GATHER, POLL, Broadcast, MakeNotifier
from microblog.mail.outcome_log import OnFault, only_log
from microblog.mail.repair import mend_deadlines, mend_waits
from microblog.ops import count_ended, mend_moments, sweep
from microblog.settings import Settings

log = logging.getLogger(__name__)

IDLE = 30.0  # seconds without emails after which a connection to the mail server is closed
NET = 5.0  # seconds after which a thread looks for emails though nothing woke it
TROUBLE = 2.0  # seconds to wait when the database is in trouble
GOODBYE = 2.0  # seconds for the last word to the database
BREATH = 0.02  # seconds between two steps of tidying up, for others who want to write
MINUTE, HOUR = 60.0, 3600.0
LATER = False  # what a job returns that cannot be done yet

T = TypeVar("T")
Job = Callable[[datetime], object]
FinalJob = Callable[[datetime], Iterator[int]]


def all_renderers(settings: Settings, pages: Pages) -> EmailRenderers:
    """Return what renders every email there is."""
    return bind_email_types(discover_email_types("microblog"), email_contexts(settings, pages))


class Rounds:
    """Periodic jobs, and the interval of each in seconds."""

    def __init__(self, *jobs: tuple[float, Job]) -> None:
        self._jobs = jobs
        self._done_at = [float("-inf")] * len(jobs)

    def put_off(self, job: Job) -> None:
        """Count a job as not done, so that it is due again at once."""
        for number, (_, known) in enumerate(self._jobs):
            if known == job:
                self._done_at[number] = float("-inf")

    def due(self) -> list[Job]:
        """Return the jobs whose time has come, and count them as done."""
        now = time.monotonic()
        due = [number for number, (every, _) in enumerate(self._jobs) if now - self._done_at[number] >= every]
        for number in due:
            self._done_at[number] = now
        return [self._jobs[number][1] for number in due]


def rounds(
    database: Database,
    keep_emails: timedelta,
    stop: threading.Event,
    hourly: Sequence[Job] = (),
    agreement: Agreement | None = None,
    *,
    final: Sequence[FinalJob] = (),
) -> Rounds:
    """Return what a worker looks after besides delivering. A job that returns steps is done a step at a time.

    What `final` jobs do can't be undone, so they are given the time that is beyond doubt.

    Nothing ends or is deleted for good before readings of the clock some minutes apart agree that its time has passed.
    """

    def agreed_at(now: datetime) -> Agreed:
        return agreement() if agreement else Agreed(now, now)

    def every_minute(now: datetime) -> None:
        agreed = agreed_at(now)
        with database.writing() as session:
            expire(session, agreed.least)
            mend_waits(session, now)
            mend_deadlines(session, now, agreed.most)
        a_step_at_a_time(count_ended(database))

    def every_hour(now: datetime) -> bool | None:
        agreed = agreed_at(now)
        if not agreed.settled:
            return LATER
        lasting = chain(sweep(database, keep_emails, agreed.least), *(job(agreed.least) for job in final))
        a_step_at_a_time(chain(lasting, mend_moments(database, agreed.most)))
        return None

    def in_steps(job: Job, now: datetime) -> None:
        done = job(now)
        if isinstance(done, Iterator):
            a_step_at_a_time(done)

    def a_step_at_a_time(steps: Iterator[int]) -> None:
        for _ in steps:
            if stop.wait(BREATH):
                return

    return Rounds((MINUTE, every_minute), (HOUR, every_hour), *((HOUR, partial(in_steps, job)) for job in hourly))


class Worker:
    """Delivers with several threads, one connection to the mail server each, until told to stop.

    The thread that calls `run` waits for the notifier; two more renew the leases and do the rounds. `stop` may be
    called from anywhere, once or often.
    """

    def __init__(
        self,
        database: Database,
        deliveries: Sequence[Delivery],
        make_notifier: MakeNotifier,
        clock: Clock,
        on_fault: OnFault = only_log,
        *,
        keep_emails: timedelta,
        hourly: Sequence[Job] = (),
        final: Sequence[FinalJob] = (),
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._clock = clock
        self._steady = monotonic_of(clock)
        self._on_fault = on_fault
        self._stop = threading.Event()
        self._done = threading.Event()
        self._notifier = make_notifier(self._stop.is_set)
        self._broadcast = Broadcast()
        self._rounds = rounds(database, keep_emails, self._stop, hourly, Agreement(clock), final=final)
        self._heartbeat = Heartbeat(__version__)

    def stop(self) -> None:
        """Lease no more; finish the emails in hand; return from `run`."""
        self._stop.set()
        self._broadcast.notify()
        self._notifier.notify()

    def run(self) -> None:
        """Deliver until stopped. Trouble with the database is waited out; nothing ends this loop but `stop`."""
        leases = start(self._keep_leases, "leases")
        doing_rounds = start(self._do_rounds, "rounds")
        deliveries = [
            start(lambda delivery=delivery: self._deliver(delivery), f"delivery {number}")  # type: ignore[misc]
            for number, delivery in enumerate(self._deliveries, 1)
        ]
        while not self._stop.is_set():
            self._attempt(self._listen)
        for thread in deliveries:
            thread.join()
        self._done.set()
        doing_rounds.join(GOODBYE)
        leases.join(GOODBYE)
        self._notifier.close()

    def _listen(self) -> None:
        """Look what is due and wake the threads; until it is time to look again, wake them whenever notified.

        A thread that has nothing in hand then leases what was posted; of those that have, none need be asked.
        """
        with self._database.reading() as session:
            due = next_due(session)
        wait = (due - self._clock()).total_seconds() if due else NET
        if wait <= 0:
            self._broadcast.notify()
        look_again = time.monotonic() + (max(min(wait, NET), 0.05) if wait > 0 else POLL)
        while (left := look_again - time.monotonic()) > 0 and self._notifier.wait(left):
            self._broadcast.notify()
            if self._stop.wait(GATHER):
                return

    def _deliver(self, delivery: Delivery) -> None:
        """Be one of the threads: deliver what is due, then wait for the broadcast."""
        busy = time.monotonic()
        while not self._stop.is_set():
            seen = self._broadcast.round
            if self._attempt(lambda: delivery.deliver_batch(self._stop.is_set)):
                busy = time.monotonic()
                continue
            if time.monotonic() - busy > IDLE:
                delivery.disconnect()
            room_in = delivery.wait()
            self._broadcast.wait(seen, NET if room_in is None else min(NET, max(room_in, 0.02)))
        delivery.disconnect()

    def _attempt(self, step: Callable[[], T]) -> T | None:
        """Take one step; whatever goes wrong with it, there will be another."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - a fault in our own code must not end delivery for ever
            if isinstance(error, DBAPIError) and not is_permanent_error(error):
                log.error("database in trouble, trying again: %s", error.orig)  # noqa: TRY400 - the reason says it all
            else:
                self._on_fault(error, "the worker stumbled")
        self._stop.wait(TROUBLE)
        return None

    def _do_rounds(self) -> None:
        while not self._stop.is_set():
            for job in self._rounds.due():
                if self._attempt(lambda job=job: job(self._clock())) is LATER:  # type: ignore[misc]
                    self._rounds.put_off(job)
            self._stop.wait(NET)

    def _keep_leases(self) -> None:
        """Renew the leases and the heartbeat, also while the last emails are finished."""
        while not self._done.is_set():
            try:
                for delivery in self._deliveries:
                    delivery.renew()
                with self._database.writing() as session:
                    self._heartbeat.beat(session, self._trouble(), self._clock())
            except Exception as error:  # noqa: BLE001 - whatever it is, the next renewal may work
                log.warning("leases could not be renewed: %s", error)
            self._done.wait(RENEW_EVERY)
        with suppress(DBAPIError), self._database.writing() as session:
            self._heartbeat.leave(session)

    def _trouble(self) -> Trouble | None:
        worked_at = max((delivery.worked_at for delivery in self._deliveries), default=float("-inf"))
        return trouble_of([delivery.breaker for delivery in self._deliveries], worked_at, self._steady())


def start(step: Callable[[], None], name: str) -> threading.Thread:
    """Start a thread that does not keep the process alive."""
    thread = threading.Thread(target=step, name=name, daemon=True)
    thread.start()
    return thread
