"""Taking letters out of the outbox and saying what became of them, by lease.

A worker claims a few due letters for some seconds and keeps renewing the lease while it lives. One that dies simply
stops renewing, and its letters are due again. Every later word about a letter counts only while the claim is its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Result, Update, func, select, update
from sqlalchemy.orm import Session

from microblog.mail.outbox import OPEN, Letter, State

LEASE = timedelta(seconds=30)
RENEW_EVERY = 8.0  # seconds; three renewals in a row may fail before a lease runs out


@dataclass(frozen=True)
class Claim:
    """One worker's hold on one letter."""

    letter: Letter
    holder: str

    def end(self, session: Session, state: State, reply: str, now: datetime) -> bool:
        """Say what finally became of the letter. False where the lease was lost: then it is another's to say."""
        values = {"state": state, "claim": None, "reply": reply, "ended_at": now}
        if state is State.SENT:  # it left, whoever holds it by now
            whoever = update(Letter).where(OPEN, Letter.id == self.letter.id).values(values)
            return met(session.execute(whoever))
        return self._change(session, **values)

    def again(self, session: Session, reply: str, due_at: datetime) -> bool:
        """Put the letter back for another try."""
        back = {"state": State.WAITING, "claim": None, "reply": reply, "due_at": due_at}
        return self._change(session, **back, tries=self.letter.tries + 1)

    def untried(self, session: Session, reply: str, due_at: datetime) -> bool:
        """Put the letter back as if this try had not been: its server was in trouble, not the letter."""
        back = {"state": State.WAITING, "claim": None, "reply": reply, "due_at": due_at, "tries": self.letter.tries}
        return self._change(session, **back)

    def current(self, session: Session) -> Letter | None:
        """Return the letter as it is now, if it is still held."""
        row = session.get(Letter, self.letter.id, populate_existing=True)
        return row if row and row.state == State.SENDING and row.claim == self.holder else None

    def begin_try(self, session: Session, message_id: str) -> bool:
        """Record, before anything leaves, that a try begins and under which Message-ID."""
        return self._change(session, tries=self.letter.tries + 1, message_id=message_id)

    def _change(self, session: Session, **values: Any) -> bool:  # noqa: ANN401 - columns of several types
        return met(session.execute(held(self.holder, [self.letter.id]).values(values)))


def met(result: Result[Any]) -> bool:
    """Tell whether an update met its one row."""
    return isinstance(result, CursorResult) and result.rowcount == 1


def take(session: Session, holder: str, size: int, now: datetime) -> list[Claim]:
    """Claim up to `size` due letters, urgent ones first, then by when they were due. Skips what others hold."""
    taken: list[Letter] = []
    for urgent in (True, False):
        if size > len(taken):
            found = session.scalars(claim_statement(holder, urgent=urgent, size=size - len(taken), now=now))
            taken += sorted(found, key=lambda letter: letter.id)
    return [Claim(letter, holder) for letter in taken]


def claim_statement(holder: str, *, urgent: bool, size: int, now: datetime) -> Any:  # noqa: ANN401 - typed nowhere public
    """Build the one statement that claims, along the partial index, however many letters have ended."""
    due = (
        select(Letter.id)
        .where(OPEN, Letter.urgent == urgent, Letter.due_at <= now)
        .order_by(Letter.due_at)
        .limit(size)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer at a time and needs no such words
        .cte("due")
    )
    return (
        update(Letter)
        .where(Letter.id.in_(select(due.c.id)))
        .values(state=State.SENDING, claim=holder, due_at=now + LEASE)
        .returning(Letter)
    )


def renew(session: Session, holder: str, ids: Collection[int], now: datetime) -> None:
    """Hold these letters for another lease."""
    session.execute(held(holder, ids).values(due_at=now + LEASE))


def release(session: Session, holder: str, ids: Collection[int], due_at: datetime) -> None:
    """Give these letters back, untouched, for whichever worker comes from `due_at` on."""
    session.execute(held(holder, ids).values(state=State.WAITING, claim=None, due_at=due_at))


def held(holder: str, ids: Collection[int]) -> Update:
    """Start an update of those of the letters that are still held, and of nothing else."""
    return update(Letter).where(Letter.id.in_(ids), Letter.state == State.SENDING, Letter.claim == holder)


def newer(session: Session, letter: Letter) -> Letter | None:
    """Return the newest letter with the same key that was posted after this one, and waits, is being sent, or was."""
    if letter.key is None:
        return None
    alive = Letter.state.in_((State.WAITING, State.SENDING, State.SENT))
    later = select(Letter).where(Letter.key == letter.key, Letter.id > letter.id, alive)
    return session.scalar(later.order_by(Letter.id.desc()).limit(1))


def retire_older(session: Session, letter: Letter, words: str, now: datetime) -> dict[str, Any]:
    """End the letters with the same key that still wait and are older, and return what they remember."""
    older = (
        update(Letter)
        .where(Letter.key == letter.key, Letter.id < letter.id, Letter.state == State.WAITING)
        .values(state=State.DROPPED, reply=words, ended_at=now)
        .returning(Letter.facts)
    )
    return (
        {} if letter.key is None else {name: fact for facts in session.scalars(older) for name, fact in facts.items()}
    )


def next_due(session: Session) -> datetime | None:
    """Return when the next open letter is due, None when there is none."""
    found: Sequence[datetime | None] = [
        session.scalar(select(func.min(Letter.due_at)).where(OPEN, Letter.urgent == urgent)) for urgent in (True, False)
    ]
    return min((moment for moment in found if moment), default=None)
