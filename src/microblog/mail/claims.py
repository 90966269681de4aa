"""Taking letters out of the outbox and saying what became of them, by lease.

A worker claims a few due letters for some seconds and keeps renewing the lease while it lives. One that dies simply
stops renewing, and its letters are due again. Every later word about a letter counts only while the claim is its own.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Result, Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from microblog.mail.outbox import OPEN, Letter, State, Try

LEASE = timedelta(seconds=30)
RENEW_EVERY = 8.0  # seconds; three renewals in a row may fail before a lease runs out
REFUSED = "refused"
DEADLINE = "deadline"
TIME_IS_UP = "its time had passed before it could leave"

OUTBOX, TRIES = Letter.__table__, Try.__table__
ONE = update(Letter).where(Letter.id == bindparam("number"))
HELD = ONE.where(Letter.state == State.SENDING, Letter.claim == bindparam("holder"))
NEW_TRY = insert(Try)


@dataclass(frozen=True)
class Claim:
    """One worker's hold on one letter. `tries` are those there had been when it was taken."""

    letter: Letter
    holder: str
    tries: int

    def end(self, session: Session, state: State, reply: str, now: datetime, reason: str = "") -> bool:
        """Say what finally became of the letter. False where the lease was lost: then it is another's to say."""
        values = {"state": state, "claim": None, "reply": reply, "reason": reason, "ended_at": now}
        if state is State.SENT:  # it left, whoever holds it by now
            return self._change(session, ONE.where(OPEN), values)
        return self._change(session, HELD, values)

    def again(self, session: Session, reply: str, due_at: datetime) -> bool:
        """Put the letter back for another try."""
        return self._put_back(session, reply, due_at, self.tries + 1)

    def untried(self, session: Session, reply: str, due_at: datetime) -> bool:
        """Put the letter back as if this try had not been: its server was in trouble, not the letter."""
        return self._put_back(session, reply, due_at, self.tries)

    def begin_try(self, session: Session, message_id: str, **values: Any) -> bool:  # noqa: ANN401 - columns of several types
        """Record, before anything leaves, that a try begins, under which Message-ID, and what else is known now."""
        return self._change(session, HELD, {"tries": self.tries + 1, "message_id": message_id, **values})

    def note(self, session: Session, state: State, reply: str, now: datetime) -> None:
        """Keep a try for whoever wants to know later: what came of it, in the server's words."""
        row = {"letter_id": self.letter.id, "number": self.tries + 1, "at": now, "state": state, "reply": reply}
        session.connection().execute(NEW_TRY, row)

    def _put_back(self, session: Session, reply: str, due_at: datetime, tries: int) -> bool:
        values = {"state": State.WAITING, "claim": None, "reply": reply, "due_at": due_at, "tries": tries}
        return self._change(session, HELD, values)

    def _change(self, session: Session, which: Update, values: dict[str, Any]) -> bool:
        keys = {"number": self.letter.id, "holder": self.holder}
        statement = which.values({name: bindparam(f"new_{name}", type_=OUTBOX.c[name].type) for name in values})
        new = {f"new_{name}": value for name, value in values.items()}
        return met(session.connection().execute(statement, keys | new))


def met(result: Result[Any]) -> bool:
    """Tell whether an update met its one row."""
    return isinstance(result, CursorResult) and result.rowcount == 1


def take(session: Session, holder: str, size: int, now: datetime, others: int | None = None) -> list[Claim]:
    """Claim up to `size` due letters, urgent ones first, then by when they were due. Skips what others hold.

    Where `others` is given, those that are not urgent must fit into that many, together with the urgent ones.
    """
    taken: list[Letter] = []
    for urgent in (True, False):
        left = size - len(taken)
        wanted = left if urgent or others is None else min(left, others - len(taken))
        if wanted > 0:
            found = session.scalars(claim_statement(holder, urgent=urgent, size=wanted, now=now))
            taken += sorted(found, key=lambda letter: letter.id)
    return [Claim(letter, holder, letter.tries) for letter in taken]


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
        .execution_options(synchronize_session=False)  # nothing was loaded before
    )


def renew(session: Session, holder: str, ids: Collection[int], now: datetime) -> None:
    """Hold these letters for another lease."""
    session.execute(held(holder, ids).values(due_at=now + LEASE))


def release(session: Session, claims: Iterable[Claim], due_at: datetime) -> None:
    """Give these letters back, as if they had never been taken, for whichever worker comes from `due_at` on."""
    for claim in claims:
        claim._change(  # noqa: SLF001 - one of its own words
            session, HELD, {"state": State.WAITING, "claim": None, "due_at": due_at, "tries": claim.tries}
        )


def held(holder: str, ids: Collection[int]) -> Update:
    """Start an update of those of the letters that are still held, and of nothing else."""
    return update(Letter).where(Letter.id.in_(ids), Letter.state == State.SENDING, Letter.claim == holder)


def expire(session: Session, now: datetime) -> int:
    """End the letters that wait and whose time has passed, so that nobody thinks they may still come."""
    values = {"state": State.EXPIRED, "reply": TIME_IS_UP, "reason": DEADLINE, "ended_at": now}
    over = update(Letter).where(OPEN, Letter.state == State.WAITING, Letter.useful_until <= now).values(values)
    return len(session.scalars(over.returning(Letter.id)).all())


def next_due(session: Session) -> datetime | None:
    """Return when the next open letter is due, None when there is none."""
    found: Sequence[datetime | None] = [
        session.scalar(select(func.min(Letter.due_at)).where(OPEN, Letter.urgent == urgent)) for urgent in (True, False)
    ]
    return min((moment for moment in found if moment), default=None)
