"""Writing the letters of a batch, in the transaction that claims them: each becomes a message, or the word why not."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.mail.addresses import canonical_identifier, for_the_wire
from microblog.mail.binding import BoundEmailType
from microblog.mail.claims import DEADLINE, TIME_IS_UP, Begun, Claim, begin
from microblog.mail.compose import Envelope, compose
from microblog.mail.letters import Foreseeing, Noticing, Writers, Written
from microblog.mail.outbox import Letter, State
from microblog.mail.rivals import REPLACED, TWICE, Rival, is_repeat, leave_to, newest, older_waiting, retire, rivals_of
from microblog.settings import Sender

log = logging.getLogger(__name__)

UNKNOWN_KIND = timedelta(minutes=1)  # a newer version posted it; its worker may come any moment
UNSURE = timedelta(minutes=1)  # until the clock is asked again whether an email's time has passed


@dataclass(frozen=True)
class Ready:
    """A claimed letter, and the message it became."""

    claim: Claim
    envelope: Envelope


@dataclass
class Batch:
    """What became of some claimed letters: those ready to leave, and those there is nothing to send of, with why."""

    surely: datetime
    """The moment that has certainly come."""
    ready: list[Ready] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)
    ended: list[tuple[Claim, State, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """Where letters are written."""

    writers: Writers
    sender: Sender

    def write(self, session: Session, claims: Sequence[Claim], now: datetime, surely: datetime | None = None) -> Batch:
        """Write these emails. Whatever is wrong with one of them is raised, and undoes all.

        One whose time is over at `surely`, which cannot be wrong, is ended; one whose time is over now waits on.
        """
        batch = Batch(surely=now if surely is None else surely)
        letters = [claim.letter for claim in claims]
        keyed = rivals_of(session, letters)
        for kind in {letter.kind for letter in letters}:
            writer = self.writers.get(kind)
            if isinstance(writer, Foreseeing):
                writer.foresee(session, [letter for letter in letters if letter.kind == kind], now)
        for claim in claims:
            rivals = keyed.get(claim.letter.key or "", [])
            self._write_one(session, claim, rivals, now, batch)
        begin(session, batch.begun)
        return batch

    def _write_one(self, session: Session, claim: Claim, rivals: Sequence[Rival], now: datetime, batch: Batch) -> None:
        letter = claim.letter
        if not self._is_known(letter):
            log.warning("letter of a kind this version does not know id=%s kind=%s", letter.id, letter.kind)
            claim.untried(session, "no worker knows this kind yet", now + UNKNOWN_KIND, now)
            return
        if letter.useful_until <= now and not over(letter, batch.surely):
            claim.release(session, now + UNSURE, now)
            return
        writer = self.writers[letter.kind]
        ended = over(letter, now) or out_of_turn(session, letter, rivals, now)
        if ended and isinstance(writer, Noticing):
            writer.unwritten(session, letter, ended[2], now)
        if not ended:
            written = writer(session, letter, now)
            if isinstance(written, Written):
                self._begin(claim, written, now, batch)
                return
            ended = State.DROPPED, written.reason, written.reason
        state, words, reason = ended
        if claim.end(session, state, words, now, reason):
            batch.ended.append((claim, state, words))
            forget(letter, rivals)

    def _is_known(self, letter: Letter) -> bool:
        """Tell whether this version can render the row, which a newer one may have queued."""
        writer = self.writers.get(letter.kind)
        return writer is not None and (not isinstance(writer, BoundEmailType) or writer.can_read(letter))

    def _begin(self, claim: Claim, written: Written, now: datetime, batch: Batch) -> None:
        letter = claim.letter
        sender = written.sender or self.sender
        message_id = letter.message_id or new_message_id(sender)
        batch.ready.append(Ready(claim, compose(written, sender, message_id, now)))
        key = letter.address_key if written.to == letter.to else canonical_identifier(written.to)
        batch.begun.append(Begun(claim, message_id, written.to, key, {**letter.progress, **written.progress}))


def over(letter: Letter, now: datetime) -> tuple[State, str, str] | None:
    """Say that a letter's time has passed, if it has."""
    return (State.EXPIRED, TIME_IS_UP, DEADLINE) if letter.useful_until <= now else None


def out_of_turn(
    session: Session, letter: Letter, rivals: Sequence[Rival], now: datetime
) -> tuple[State, str, str] | None:
    """Say that another letter with the same key takes this one's place, if one does, and inherits its facts."""
    if newer := newest(letter, rivals):
        leave_to(session, newer, letter.facts)
        return State.DROPPED, REPLACED, REPLACED
    if older := older_waiting(letter, rivals):
        retire(session, older, now)
        inherited = {name: fact for rival in older for name, fact in rival.facts.items()}
        letter.progress = inherited | letter.progress
    return (State.DROPPED, TWICE, TWICE) if is_repeat(letter, rivals) else None


def forget(letter: Letter, rivals: Sequence[Rival]) -> None:
    """Make sure that a letter that has just ended stands in the way of no other."""
    for rival in rivals:
        if rival.id == letter.id:
            rival.state = State.DROPPED


def new_message_id(sender: Sender) -> str:
    """Make a Message-ID on the sender's domain (RFC 5322 section 3.6.4), in ASCII whatever the domain is written in."""
    return f"<{secrets.token_hex(16)}@{for_the_wire(sender.address).rpartition('@')[2]}>"
