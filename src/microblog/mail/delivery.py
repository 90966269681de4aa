"""Delivery: lease due emails, render and send them, and record the outcomes.

At least once: an email is marked at once after the server's word, and only a process that dies in between sends it
again, under the same Message-ID. A batch is claimed and written in one transaction, ahead of its sending by a second at
the most, so that links are fresh, a slow server holds few emails up, and an urgent one never waits behind a batch.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from microblog.clock import Agreement, Clock, monotonic_of
from microblog.db import Database, is_permanent_error
from microblog.mail import leases, provider_rate
from microblog.mail.backoff import last_call, refused_sending_wait, retry_wait
from microblog.mail.binding import EmailRenderers
from microblog.mail.circuit_breaker import CircuitBreaker
from microblog.mail.leases import LEASE_TIME, REFUSED, Lease
from microblog.mail.outbox import Email, State
from microblog.mail.outcome_log import ADDRESS, OnFault, log_ended, log_outcome, only_log
from microblog.mail.rendering import Ready, Renderer
from microblog.mail.repair import mend_waits
from microblog.mail.replies import Reply, named_wait
from microblog.mail.transport import NotLetIn, Pipelining, Refused, SendingRefused, ServerTrouble, Transport, TryLater
from microblog.settings import UNLIMITED, Rate, Sender

log = logging.getLogger(__name__)

BATCH = 20
FRESH = 1.0  # seconds
MARKING_TRIES = 5  # in seconds too; how long a worker that was told to stop still tries to say what became of an email
NEVER_PASSES = (DataError, IntegrityError, ProgrammingError)
CANNOT_BE_WRITTEN = "cannot_be_written"


class Delivery:
    """Delivers what is due, a batch at a time. One thread calls `turn`; another may call `renew`.

    `on_fault` is told of faults in our own code, outside of any transaction.
    """

    def __init__(
        self,
        database: Database,
        renderers: EmailRenderers,
        transport: Transport,
        sender: Sender,
        clock: Clock,
        on_fault: OnFault = only_log,
        rate: Rate = UNLIMITED,
    ) -> None:
        self._database = database
        self._rate = rate
        self._renderer = Renderer(renderers, sender)
        self._transport = transport
        self._clock = clock
        self._steady = monotonic_of(clock)
        self._agreement = Agreement(clock)
        self._latest: datetime | None = None
        self._on_fault = on_fault
        self._holder = secrets.token_hex(16)
        self._held: dict[int, Lease] = {}
        self._in_hand: set[int] = set()
        self._size = BATCH
        self._slot = self._emails_slot = 0
        self._unpaid = False
        self._allowed_at: float | None = None
        self._stopping: Callable[[], bool] = lambda: False
        self.breaker = CircuitBreaker()
        self.worked_at = float("-inf")
        """When the server last took an email, by the steady clock."""

    def deliver_batch(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Lease and send a batch; return to the outbox what was not begun. Returns the number leased."""
        self._stopping = stopping
        if stopping() or self.breaker.is_open(self._steady()):
            return 0
        written = self._steady()
        claimed, ready = self._claim(self._clock())
        begun = 0
        try:
            for email in ready:
                if (
                    stopping()
                    or self._is_stale(written, begun)
                    or self.breaker.is_open(self._steady())
                    or not self._may_leave()
                ):
                    break
                number = email.lease.email.id
                del self._held[number]
                self._in_hand = {number}
                begun += 1
                self._announce(ready[begun : begun + 1], written)
                self._send(email)
        finally:
            self._in_hand = set()  # marked; or, where even that failed, left to its lease, for it may have been sent
            self._size = self._next_size(begun, len(ready))
            self._give_back()
        return claimed

    def renew(self) -> None:
        """Hold on to the emails in hand for another lease."""
        if held := {*list(self._held), *self._in_hand}:
            with self._database.writing() as session:
                leases.renew(session, self._holder, held, self._clock())

    def next_due(self) -> datetime | None:
        """Return when there may be something to do next, None when nothing waits."""
        with self._database.reading() as session:
            due = leases.next_due(session)
        left = self.breaker.seconds_left(self._steady())
        return max(due, self._clock() + timedelta(seconds=left)) if due and left else due

    def wait(self) -> float | None:
        """Return in how many seconds MAIL_RATE allows another email, None where it holds nothing back."""
        return max(0.0, self._allowed_at - self._steady()) if self._allowed_at is not None else None

    def disconnect(self) -> None:
        """Close the connection to the mail server."""
        self._transport.disconnect()

    def _claim(self, now: datetime) -> tuple[int, list[Ready]]:
        """Lease and write a batch, in a transaction each; or, where one email spoils it for all, each in its own.

        The lease is committed by itself so that whoever queues an email under a key of the batch waits no longer than
        that takes, whatever there is to write.
        """
        with self._database.writing() as session:
            taken = self._take(session, now)
        self._held = {lease.email.id: lease for lease in taken}
        return len(taken), self._write(taken, now) if taken else []

    def _write(self, taken: Sequence[Lease], now: datetime) -> list[Ready]:
        try:
            with self._database.writing() as session:
                batch = self._renderer.write(session, taken, now, self._agreement().least)
                provider_rate.give_back(session, self._rate, len(taken) - len(batch.ready), self._slot)
        except Exception as error:  # noqa: BLE001 - whose fault it is shows when each is written alone
            log.info("a batch could not be written at once, each email goes alone: %s", type(error).__name__)
            return self._write_one_by_one(taken, now)
        self._held = {ready.lease.email.id: ready.lease for ready in batch.ready}
        return log_ended(batch)

    def _write_one_by_one(self, taken: Sequence[Lease], now: datetime) -> list[Ready]:
        ready = [ready for lease in taken for ready in self._write_alone(lease, now)]
        with self._database.writing() as session:
            provider_rate.give_back(session, self._rate, len(taken) - len(ready), self._slot)
        return ready

    def _take(self, session: Session, now: datetime) -> list[Lease]:
        """Lease as many as the server is good for and the provider's rate limit allows, and spend of it."""
        if self._latest is None or now < self._latest:
            mend_waits(session, now)  # the clock was set back, be it before we came
        self._latest = now
        remaining = provider_rate.remaining_allowance(session, self._rate, self._clock)
        size = min(1 if self.breaker.failures else self._size, remaining.urgent)
        taken = leases.take(session, self._holder, size, now, remaining.other)
        provider_rate.spend(session, self._rate, len(taken), remaining.slot)
        allowed_in = (remaining.other_at - self._clock()).total_seconds()
        self._slot, self._allowed_at = remaining.slot, None if remaining.other else self._steady() + allowed_in
        return taken

    def _may_leave(self) -> bool:
        """Tell whether the rate limit still allows an email that was claimed."""
        self._emails_slot = self._slot
        if self._rate.times is None or provider_rate.slice_of(self._rate, self._clock()) == self._slot:
            return True
        with self._database.writing() as session:
            slot = provider_rate.renew(session, self._rate, self._slot, self._clock)
        self._emails_slot = slot or 0
        self._unpaid = slot is None
        return slot is not None

    def _write_alone(self, lease: Lease, now: datetime) -> list[Ready]:
        try:
            with self._database.writing() as session:
                batch = self._renderer.write(session, [lease], now, self._agreement().least)
        except (SQLAlchemyError, OSError) as error:  # trouble that passes, of this email or of all: the others go on
            del self._held[lease.email.id]
            self._retry(lease, Reply(0, f"it could not be written this time: {getattr(error, 'orig', error)}"))
            if isinstance(error, SQLAlchemyError) and is_permanent_error(error):
                self._on_fault(error, f"email cannot be written id={lease.email.id} kind={lease.email.kind}")
            return []
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one email must not stop the others
            del self._held[lease.email.id]
            words = Reply(0, f"it could not be written ({type(error).__name__})")
            self._end(lease, State.FAILED, words, CANNOT_BE_WRITTEN)
            self._on_fault(error, f"email cannot be written id={lease.email.id} kind={lease.email.kind}")
            return []
        if not batch.ready:
            del self._held[lease.email.id]
        return log_ended(batch)

    def _is_stale(self, written: float, begun: int) -> bool:
        """Tell whether what is left of a batch was written too long ago, or its leases may be over."""
        return self._steady() - written > (FRESH if begun else LEASE_TIME.total_seconds() / 2)

    def _announce(self, following: Sequence[Ready], written: float) -> None:
        """Tell of the email that comes next, unless it may have to stay."""
        sure = self._rate.times is None and not self._stopping() and self._steady() - written < FRESH / 2
        if following and sure and isinstance(self._transport, Pipelining):
            self._transport.announce(following[0].envelope)

    def _next_size(self, begun: int, ready: int) -> int:
        """Choose the next batch by how many emails the server took before this one grew stale."""
        return min(BATCH, 2 * self._size) if begun == ready else max(1, begun)

    def _give_back(self) -> None:
        held, self._held = self._held, {}
        if held:
            with self._database.writing() as session:
                for lease in held.values():
                    lease.release(session, self._clock())
                provider_rate.give_back(session, self._rate, len(held) - self._unpaid, self._slot)
        self._unpaid = False

    def _send(self, email: Ready) -> None:
        lease = email.lease
        try:
            reply = self._transport.send(email.envelope)
        except Refused as refused:
            self._end(lease, State.FAILED, refused.reply, REFUSED)
        except TryLater as later:
            self._retry(lease, later.reply)
        except ServerTrouble as trouble:
            self._leave_server_alone(lease, trouble)
        except Exception as error:  # noqa: BLE001 - a fault of ours: nobody knows whether it left, and the others must
            self._retry(lease, Reply(0, f"a fault in the sending ({type(error).__name__})"))
            self._on_fault(error, f"email stumbled over id={lease.email.id} kind={lease.email.kind}")
        else:
            self.breaker, self.worked_at = CircuitBreaker(), self._steady()
            self._end(lease, State.SENT, reply)

    def _retry(self, lease: Lease, reply: Reply) -> None:
        chance = random.random()  # noqa: S311 - spreading load, keeping no secret
        wait = retry_wait(lease.tries + 1, chance, named_wait(reply.text))
        log_outcome(lease, State.WAITING, reply)
        now = self._clock()
        due_at = last_call(now + wait, now, lease.email.expires_at)
        self._put_back(lambda session: lease.retry(session, str(reply), due_at, self._clock()))

    def _leave_server_alone(self, lease: Lease, trouble: ServerTrouble) -> None:
        words, now = ADDRESS.sub("<address>", str(trouble.reply)), self._clock()
        pause = self.breaker.open(self._steady(), words)
        log.error("mail server in trouble, next try in %.0f s: %s", pause.total_seconds(), words)
        due_at = now + wait_after(trouble, lease.email, pause, now)
        self._put_back(lambda session: lease.return_untried(session, str(trouble.reply), due_at, now))
        with self._database.writing() as session:
            provider_rate.give_back(session, self._rate, 1, self._emails_slot)

    def _end(self, lease: Lease, state: State, reply: Reply, reason: str = "") -> None:
        log_outcome(lease, state, reply)

        def end() -> None:
            with self._database.autocommit() as connection, self._database.in_turn():
                lease.end(connection, state, str(reply), self._clock(), reason)

        self._mark(end)

    def _put_back(self, change: Callable[[Session], bool]) -> None:
        """Let an email wait again, which takes a transaction: another may have taken its place."""

        def in_transaction() -> None:
            with self._database.writing() as session:
                change(session)

        self._mark(in_transaction)

    def _mark(self, change: Callable[[], object]) -> None:
        """Say what became of an email, however long the database is away: unsaid, a sent email would be sent again."""
        left = MARKING_TRIES
        while True:
            try:
                change()
            except DBAPIError as error:
                left -= self._stopping() or isinstance(error, NEVER_PASSES)
                if not left:
                    raise
                log.error("the database cannot be told what became of an email, trying again: %s", error.orig)  # noqa: TRY400
                time.sleep(1)
            else:
                return


def wait_after(trouble: ServerTrouble, email: Email, pause: timedelta, now: datetime) -> timedelta:
    """Return how long an email waits that met a server in trouble."""
    if isinstance(trouble, NotLetIn):
        return timedelta()  # any other connection may take it at once
    if isinstance(trouble, SendingRefused):
        return max(pause, refused_sending_wait(now - email.queued_at))
    return pause + timedelta(seconds=1)  # later than the rest of its batch: if it is this one after all, they go first
