"""Delivery: claim what is due, write it, hand it over, and say what became of it.

At least once: a letter is marked at once after the server's word, and only a process that dies in between sends it
again, under the same Message-ID. A batch is claimed and written in one transaction, ahead of its sending by a second at
the most, so that links are fresh, a slow server holds few letters up, and an urgent one never waits behind a batch.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from microblog.changes import Changes
from microblog.clock import Agreement, Clock, monotonic_of
from microblog.db import Database, is_our_fault
from microblog.mail import budget, claims
from microblog.mail.claims import LEASE, REFUSED, Claim
from microblog.mail.letters import Writers
from microblog.mail.outbox import Letter, State
from microblog.mail.pause import Pause
from microblog.mail.repair import mend_waits
from microblog.mail.replies import Reply, named_wait
from microblog.mail.reporting import ADDRESS, report, told
from microblog.mail.transport import Foreseeing, NotLetIn, Refused, SendingRefused, ServerTrouble, Transport, TryLater
from microblog.mail.waits import last_call, letter_wait, refused_sending_wait
from microblog.mail.writing import Desk, Ready
from microblog.settings import UNLIMITED, Rate, Sender

log = logging.getLogger(__name__)

BATCH = 20
FRESH = 1.0  # seconds
MARKING_TRIES = 5  # in seconds too; how long a worker that was told to stop still tries to say what became of a letter
NEVER_PASSES = (DataError, IntegrityError, ProgrammingError)
CANNOT_BE_WRITTEN = "cannot be written"
OnFault = Callable[[Exception, str], None]


def only_log(error: Exception, words: str) -> None:
    """Write a fault of our own into the log."""
    log.error(words, exc_info=error)


class Delivery:
    """Delivers what is due, a batch at a time. One thread calls `turn`; another may call `renew`.

    `on_fault` is told of faults in our own code, outside of any transaction.
    """

    def __init__(
        self,
        database: Database,
        writers: Writers,
        transport: Transport,
        sender: Sender,
        clock: Clock,
        on_fault: OnFault = only_log,
        rate: Rate = UNLIMITED,
    ) -> None:
        self._database = database
        self._rate = rate
        self._desk = Desk(writers, sender)
        self._transport = transport
        self._clock = clock
        self._steady = monotonic_of(clock)
        self._agreement = Agreement(clock)
        self._latest: datetime | None = None
        self._on_fault = on_fault
        self._marks = Changes(database)
        self._holder = secrets.token_hex(16)
        self._held: dict[int, Claim] = {}
        self._in_hand: set[int] = set()
        self._size = BATCH
        self._slot = self._letters_slot = 0
        self._unpaid = False
        self._room_at: float | None = None
        self._stopping: Callable[[], bool] = lambda: False
        self.pause = Pause()
        self.worked_at = float("-inf")
        """When the server last took an email, by the steady clock."""

    def turn(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Claim a batch and deal with each letter; give back what was not begun. Returns how many were claimed."""
        self._stopping = stopping
        if stopping() or self.pause.holds(self._steady()):
            return 0
        written = self._steady()
        claimed, ready = self._claim(self._clock())
        begun = 0
        try:
            for letter in ready:
                if (
                    stopping()
                    or self._is_stale(written, begun)
                    or self.pause.holds(self._steady())
                    or not self._may_leave()
                ):
                    break
                number = letter.claim.letter.id
                del self._held[number]
                self._in_hand = {number}
                begun += 1
                self._foresee(ready[begun : begun + 1], written)
                self._send(letter)
        finally:
            self._in_hand = set()  # marked; or, where even that failed, left to its lease, for it may have been sent
            self._size = self._next_size(begun, len(ready))
            self._marks.rest()
            self._give_back()
        return claimed

    def renew(self) -> None:
        """Hold on to the letters in hand for another lease."""
        if held := {*list(self._held), *self._in_hand}:
            with self._database.writing() as session:
                claims.renew(session, self._holder, held, self._clock())

    def next_due(self) -> datetime | None:
        """Return when there may be something to do next, None when nothing waits."""
        with self._database.reading() as session:
            due = claims.next_due(session)
        left = self.pause.left(self._steady())
        return max(due, self._clock() + timedelta(seconds=left)) if due and left else due

    def wait(self) -> float | None:
        """Return in how many seconds there is room in the provider's budget, None where that keeps nothing back."""
        return max(0.0, self._room_at - self._steady()) if self._room_at is not None else None

    def rest(self) -> None:
        """Let go of the connection to the mail server."""
        self._transport.rest()

    def _claim(self, now: datetime) -> tuple[int, list[Ready]]:
        """Claim and write a batch in one transaction; or, where one letter spoils it for all, each in its own."""
        try:
            with self._database.writing() as session:
                taken = self._take(session, now)
                batch = self._desk.write(session, taken, now, self._agreement().least)
                budget.give_back(session, self._rate, len(taken) - len(batch.ready), self._slot)
        except Exception as error:  # noqa: BLE001 - whose fault it is shows when each is written alone
            log.info("a batch could not be written at once, each letter goes alone: %s", type(error).__name__)
            return self._claim_one_by_one(now)
        self._held = {ready.claim.letter.id: ready.claim for ready in batch.ready}
        return len(taken), told(batch)

    def _claim_one_by_one(self, now: datetime) -> tuple[int, list[Ready]]:
        with self._database.writing() as session:
            taken = self._take(session, now)
        self._held = {claim.letter.id: claim for claim in taken}
        ready = [ready for claim in taken for ready in self._write_alone(claim, now)]
        with self._database.writing() as session:
            budget.give_back(session, self._rate, len(taken) - len(ready), self._slot)
        return len(taken), ready

    def _take(self, session: Session, now: datetime) -> list[Claim]:
        """Claim as many as the server is good for and the budget allows, and spend of it."""
        if self._latest is None or now < self._latest:
            mend_waits(session, now)  # the clock was set back, be it before we came
        self._latest = now
        room = budget.room(session, self._rate, self._clock)
        size = min(1 if self.pause.failures else self._size, room.urgent)
        taken = claims.take(session, self._holder, size, now, room.other)
        budget.spend(session, self._rate, len(taken), room.slot)
        room_in = (room.other_at - self._clock()).total_seconds()
        self._slot, self._room_at = room.slot, None if room.other else self._steady() + room_in
        return taken

    def _may_leave(self) -> bool:
        """Tell whether there is still room for a letter that was claimed when there was."""
        self._letters_slot = self._slot
        if self._rate.times is None or budget.slice_of(self._rate, self._clock()) == self._slot:
            return True
        with self._database.writing() as session:
            slot = budget.renew(session, self._rate, self._slot, self._clock)
        self._letters_slot = slot or 0
        self._unpaid = slot is None
        return slot is not None

    def _write_alone(self, claim: Claim, now: datetime) -> list[Ready]:
        try:
            with self._database.writing() as session:
                batch = self._desk.write(session, [claim], now, self._agreement().least)
        except (SQLAlchemyError, OSError) as error:  # trouble that passes, of this letter or of all: the others go on
            del self._held[claim.letter.id]
            self._again(claim, Reply(0, f"it could not be written this time: {getattr(error, 'orig', error)}"))
            if isinstance(error, SQLAlchemyError) and is_our_fault(error):
                self._on_fault(error, f"letter cannot be written id={claim.letter.id} kind={claim.letter.kind}")
            return []
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter must not stop the others
            del self._held[claim.letter.id]
            words = Reply(0, f"it could not be written ({type(error).__name__})")
            self._end(claim, State.FAILED, words, CANNOT_BE_WRITTEN)
            self._on_fault(error, f"letter cannot be written id={claim.letter.id} kind={claim.letter.kind}")
            return []
        if not batch.ready:
            del self._held[claim.letter.id]
        return told(batch)

    def _is_stale(self, written: float, begun: int) -> bool:
        """Tell whether what is left of a batch was written too long ago, or its leases may be over."""
        return self._steady() - written > (FRESH if begun else LEASE.total_seconds() / 2)

    def _foresee(self, following: Sequence[Ready], written: float) -> None:
        """Tell of the letter that comes next, unless it may have to stay."""
        sure = self._rate.times is None and not self._stopping() and self._steady() - written < FRESH / 2
        if following and sure and isinstance(self._transport, Foreseeing):
            self._transport.foresee(following[0].envelope)

    def _next_size(self, begun: int, ready: int) -> int:
        """Choose the next batch by how many letters the server took before this one grew stale."""
        return min(BATCH, 2 * self._size) if begun == ready else max(1, begun)

    def _give_back(self) -> None:
        held, self._held = self._held, {}
        if held:
            with self._database.writing() as session:
                for claim in held.values():
                    claim.release(session, self._clock())
                budget.give_back(session, self._rate, len(held) - self._unpaid, self._slot)
        self._unpaid = False

    def _send(self, letter: Ready) -> None:
        claim = letter.claim
        try:
            reply = self._transport.send(letter.envelope)
        except Refused as refused:
            self._end(claim, State.FAILED, refused.reply, REFUSED)
        except TryLater as later:
            self._again(claim, later.reply)
        except ServerTrouble as trouble:
            self._leave_server_alone(claim, trouble)
        except Exception as error:  # noqa: BLE001 - a fault of ours: nobody knows whether it left, and the others must
            self._again(claim, Reply(0, f"a fault in the sending ({type(error).__name__})"))
            self._on_fault(error, f"letter stumbled over id={claim.letter.id} kind={claim.letter.kind}")
        else:
            self.pause, self.worked_at = Pause(), self._steady()
            self._end(claim, State.SENT, reply)

    def _again(self, claim: Claim, reply: Reply) -> None:
        chance = random.random()  # noqa: S311 - spreading load, keeping no secret
        wait = letter_wait(claim.tries + 1, chance, named_wait(reply.text))
        report(claim, State.WAITING, reply)
        now = self._clock()
        due_at = last_call(now + wait, now, claim.letter.useful_until)
        self._mark(lambda marks: claim.again(marks, str(reply), due_at, self._clock()))

    def _leave_server_alone(self, claim: Claim, trouble: ServerTrouble) -> None:
        words, now = ADDRESS.sub("<address>", str(trouble.reply)), self._clock()
        pause = self.pause.begins(self._steady(), words)
        log.error("mail server in trouble, next try in %.0f s: %s", pause.total_seconds(), words)
        due_at = now + wait_after(trouble, claim.letter, pause, now)
        self._mark(lambda marks: claim.untried(marks, str(trouble.reply), due_at, now))
        with self._database.writing() as session:
            budget.give_back(session, self._rate, 1, self._letters_slot)

    def _end(self, claim: Claim, state: State, reply: Reply, reason: str = "") -> None:
        report(claim, state, reply)
        self._mark(lambda marks: claim.end(marks, state, str(reply), self._clock(), reason))

    def _mark(self, change: Callable[[Changes], bool]) -> None:
        """Say what became of a letter, however long the database is away: unsaid, a sent letter would be sent again."""
        left = MARKING_TRIES
        while True:
            try:
                change(self._marks)
            except DBAPIError as error:
                left -= self._stopping() or isinstance(error, NEVER_PASSES)
                if not left:
                    raise
                log.error("the database cannot be told what became of a letter, trying again: %s", error.orig)  # noqa: TRY400
                time.sleep(1)
            else:
                return


def wait_after(trouble: ServerTrouble, letter: Letter, pause: timedelta, now: datetime) -> timedelta:
    """Return how long a letter waits that met a server in trouble."""
    if isinstance(trouble, NotLetIn):
        return timedelta()  # any other connection may take it at once
    if isinstance(trouble, SendingRefused):
        return max(pause, refused_sending_wait(now - letter.posted_at))
    return pause + timedelta(seconds=1)  # later than the rest of its batch: if it is this one after all, they go first
