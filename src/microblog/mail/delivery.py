"""Delivery: from a due row to a letter that has left.

The guarantee is at least once. A letter is claimed, written, sent and marked, each step in a transaction of its own. A
process that dies at any point leaves a lease that runs out. Only one that dies between the server's 250 and our mark
leads to a repeat, and the repeat carries the same Message-ID.
"""

import logging
import random
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from microblog.clock import Clock
from microblog.db import Database
from microblog.mail import claims
from microblog.mail.addresses import for_the_wire
from microblog.mail.claims import Claim
from microblog.mail.compose import Envelope, compose
from microblog.mail.letters import Nothing, Result, Writers, Written
from microblog.mail.outbox import State
from microblog.mail.replies import Reply, named_wait
from microblog.mail.transport import Refused, ServerTrouble, Transport, TryLater
from microblog.mail.waits import letter_wait, server_pause
from microblog.settings import Sender

log = logging.getLogger(__name__)

BATCH = 20
ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
MARKING_TRIES = 5  # in seconds too; how long a worker that was told to stop still tries to say what became of a letter
NEVER_PASSES = (DataError, IntegrityError, ProgrammingError)
REPLACED = "replaced by a newer one"
UNKNOWN_KIND = timedelta(minutes=1)  # a newer version posted it; its worker may come any moment


@dataclass
class Pause:
    """A server in trouble is left alone until then; how often it failed in a row."""

    until: datetime | None = None
    failures: int = 0

    def begins(self, now: datetime) -> timedelta:
        """Count one more failure and return how long the server is left alone."""
        self.failures += 1
        pause = server_pause(self.failures, random.random())  # noqa: S311 - spreading load, keeping no secret
        self.until = now + pause
        return pause

    def holds(self, now: datetime) -> bool:
        """Tell whether it is still too early."""
        return self.until is not None and now < self.until


class Delivery:
    """Delivers what is due, a batch at a time. One thread calls `turn`; another may call `renew`."""

    def __init__(
        self, database: Database, writers: Writers, transport: Transport, sender: Sender, clock: Clock
    ) -> None:
        self._database = database
        self._writers = writers
        self._transport = transport
        self._sender = sender
        self._clock = clock
        self._holder = secrets.token_hex(16)
        self._held: set[int] = set()
        self._in_hand: set[int] = set()
        self._stopping: Callable[[], bool] = lambda: False
        self.pause = Pause()

    def turn(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Claim a batch and deal with each letter; give back what was not begun. Returns how many were claimed."""
        self._stopping = stopping
        now = self._clock()
        if self.pause.holds(now):
            return 0
        with self._database.writing() as session:
            batch = claims.take(session, self._holder, BATCH, now)
        self._held = {claim.letter.id for claim in batch}  # not begun yet
        try:
            for claim in batch:
                if stopping() or self.pause.holds(self._clock()):
                    break
                self._held, self._in_hand = self._held - {claim.letter.id}, {claim.letter.id}
                self._deliver(claim)
        finally:
            self._in_hand = set()  # marked; or, where even that failed, left to its lease, for it may have been sent
            self._give_back()
        return len(batch)

    def renew(self) -> None:
        """Hold on to the letters in hand for another lease."""
        if held := self._held | self._in_hand:
            with self._database.writing() as session:
                claims.renew(session, self._holder, held, self._clock())

    def next_due(self) -> datetime | None:
        """Return when there may be something to do next, None when nothing waits."""
        with self._database.reading() as session:
            due = claims.next_due(session)
        return max(due, self.pause.until) if due and self.pause.until else due

    def rest(self) -> None:
        """Let go of the connection to the mail server."""
        self._transport.rest()

    def _give_back(self) -> None:
        held, self._held = self._held, set()
        if held:
            now = self._clock()
            due_at = self.pause.until if self.pause.until and self.pause.holds(now) else now
            with self._database.writing() as session:
                claims.release(session, self._holder, held, due_at)

    def _deliver(self, claim: Claim) -> None:
        envelope = self._prepare(claim)
        if not envelope:
            return
        try:
            reply = self._transport.send(envelope)
        except Refused as refused:
            self._end(claim, State.FAILED, refused.reply)
        except TryLater as later:
            self._again(claim, later.reply)
        except ServerTrouble as trouble:
            self._leave_server_alone(claim, trouble.reply)
        except Exception as error:  # a fault of our own: nobody knows whether the letter left, and the others must
            log.exception("letter stumbled over id=%s kind=%s", claim.letter.id, claim.letter.kind)
            self._again(claim, Reply(0, f"a fault in the sending ({type(error).__name__})"))
        else:
            self.pause = Pause()
            self._end(claim, State.SENT, reply)

    def _prepare(self, claim: Claim) -> Envelope | None:
        """Write the letter and record the try. None where there is nothing to send; the row then says why."""
        letter, now = claim.letter, self._clock()
        if letter.useful_until <= now:
            self._end(claim, State.EXPIRED, Reply(0, "its time had passed before it could leave"))
            return None
        if letter.kind not in self._writers:
            log.warning("letter of a kind this version does not know id=%s kind=%s", letter.id, letter.kind)
            self._mark(lambda session: claim.untried(session, "no worker knows this kind yet", now + UNKNOWN_KIND))
            return None
        message_id = letter.message_id or new_message_id(self._sender)
        try:
            with self._database.writing() as session:
                written = self._write(session, claim, now)
                if isinstance(written, Nothing):
                    if claim.end(session, State.DROPPED, written.reason, now):
                        report(claim, State.DROPPED, written.reason)
                    return None
                mine = claim.begin_try(session, message_id)
            return compose(written, self._sender, message_id, now) if mine else None
        except (SQLAlchemyError, OSError) as error:  # trouble that passes, of this letter or of all: the others go on
            self._again(claim, Reply(0, f"it could not be written this time: {getattr(error, 'orig', error)}"))
            return None
        except Exception as error:  # whatever is wrong with one letter must not stop the others
            log.exception("letter cannot be written id=%s kind=%s", letter.id, letter.kind)
            self._end(claim, State.FAILED, Reply(0, f"it could not be written ({type(error).__name__})"))
            return None

    def _write(self, session: Session, claim: Claim, now: datetime) -> Result:
        """Write a letter, or nothing where a newer one takes its place; what one remembers goes over to the other."""
        letter = claim.current(session)
        if letter is None:
            return Nothing("another worker has it")
        if newer := claims.newer(session, letter):
            newer.facts = {**letter.facts, **newer.facts}
            return Nothing(REPLACED)
        letter.facts = {**claims.retire_older(session, letter, REPLACED, now), **letter.facts}
        written = self._writers[letter.kind](session, letter, now)
        letter.facts = {**letter.facts, **(written.remember if isinstance(written, Written) else {})}
        return written

    def _again(self, claim: Claim, reply: Reply) -> None:
        chance = random.random()  # noqa: S311 - spreading load, keeping no secret
        wait = letter_wait(claim.letter.tries + 1, chance, named_wait(reply.text))
        report(claim, State.WAITING, reply)
        due_at = min(self._clock() + wait, claim.letter.useful_until)
        self._mark(lambda session: claim.again(session, str(reply), due_at))

    def _leave_server_alone(self, claim: Claim, reply: Reply) -> None:
        pause = self.pause.begins(self._clock())
        log.error(
            "mail server in trouble, next try in %.0f s: %s",
            pause.total_seconds(),
            ADDRESS.sub("<address>", str(reply)),
        )
        # A second later than the rest of its batch: if it is this letter after all, the others go first.
        due_at = self._clock() + pause + timedelta(seconds=1)
        self._mark(lambda session: claim.untried(session, str(reply), due_at))

    def _end(self, claim: Claim, state: State, reply: Reply) -> None:
        report(claim, state, reply)
        self._mark(lambda session: claim.end(session, state, str(reply), self._clock()))

    def _mark(self, change: Callable[[Session], bool]) -> None:
        """Say what became of a letter, however long the database is away: unsaid, a sent letter would be sent again."""
        left = MARKING_TRIES
        while True:
            try:
                with self._database.writing() as session:
                    change(session)
            except DBAPIError as error:
                left -= self._stopping() or isinstance(error, NEVER_PASSES)
                if not left:
                    raise
                log.error("the database cannot be told what became of a letter, trying again: %s", error.orig)  # noqa: TRY400
                time.sleep(1)
            else:
                return


def new_message_id(sender: Sender) -> str:
    """Make a Message-ID on the sender's domain (RFC 5322 section 3.6.4), in ASCII whatever the domain is written in."""
    return f"<{secrets.token_hex(16)}@{for_the_wire(sender.address).rpartition('@')[2]}>"


def report(claim: Claim, state: State, words: Reply | str) -> None:
    """Log one outcome: which letter, not to whom."""
    letter = claim.letter
    level = logging.WARNING if state in (State.FAILED, State.EXPIRED, State.WAITING) else logging.INFO
    said = ADDRESS.sub("<address>", str(words))  # servers like to repeat it
    log.log(level, "letter %s id=%s kind=%s try=%s: %s", state, letter.id, letter.kind, letter.tries + 1, said)
