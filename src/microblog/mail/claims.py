"""Taking letters out of the outbox and saying what became of them, by lease.

A worker claims a few due letters for some seconds and keeps renewing the lease while it lives. One that dies simply
stops renewing, and its letters are due again. Every later word about a letter counts only while the claim is its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Insert, Integer, Table, Update, and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from microblog.changes import Changes
from microblog.mail.outbox import HELD, OPEN, Letter, State, Try

LEASE = timedelta(seconds=30)
RENEW_EVERY = 8.0  # seconds; three renewals in a row may fail before a lease runs out
REFUSED = "refused"
DEADLINE = "deadline"
Connected = Session | Changes
TIME_IS_UP = "its time had passed before it could leave"

OUTBOX, TRIES = cast("Table", Letter.__table__), cast("Table", Try.__table__)
# Built once, on the table: building one for each letter took as long as running it.
MINE = (
    OUTBOX.c.id == bindparam("number"),
    OUTBOX.c.state == State.SENDING,
    OUTBOX.c.claim == bindparam("holder"),
)
# It left, whoever holds it by now, and even if an operator dropped it meanwhile.
LEFT = (OUTBOX.c.id == bindparam("number"), OUTBOX.c.state != State.SENT)
OUTCOME: dict[str, Any] = {
    "state": bindparam("new_state"),
    "claim": None,
    "reply": bindparam("words"),
    "reason": bindparam("why"),
}
END = update(OUTBOX).where(*MINE).values(**OUTCOME, ended_at=bindparam("at"))
END_AS_SENT = update(OUTBOX).where(*LEFT).values(**OUTCOME, ended_at=bindparam("at"), counted=False)
BACK: dict[str, Any] = {
    "state": State.WAITING,
    "claim": None,
    "due_at": bindparam("at"),
    "due_set_at": bindparam("set_at"),
    "tries": bindparam("count"),
}
PUT_BACK = update(OUTBOX).where(*MINE).values(**BACK, reply=bindparam("words"))
RELEASE = update(OUTBOX).where(*MINE).values(**BACK)
BEGIN = (
    update(OUTBOX)
    .where(*MINE)
    .values(
        tries=bindparam("count"),
        message_id=bindparam("with_id"),
        progress=bindparam("known", type_=OUTBOX.c.progress.type),
        to=bindparam("whom"),
        address_key=bindparam("whom_key"),
    )
)
NEW_TRY = insert(TRIES).values({name: bindparam(name) for name in ("letter_id", "number", "at", "state", "reply")})


@dataclass(frozen=True)
class Claim:
    """One worker's hold on one letter. `tries` are those there had been when it was taken."""

    letter: Letter
    holder: str
    tries: int

    def end(self, session: Connected, state: State, reply: str, now: datetime, reason: str = "") -> bool:
        """Say what finally became of the letter. False where the lease was lost: then it is another's to say."""
        new = {"new_state": state, "words": reply, "why": reason, "at": now}
        return self._change(session, END_AS_SENT if state is State.SENT else END, new)

    def again(self, session: Connected, reply: str, due_at: datetime, now: datetime) -> bool:
        """Put the letter back for another try, and keep what came of this one for whoever wants to know."""
        mine = self._change(session, PUT_BACK, {"words": reply, "at": due_at, "set_at": now, "count": self.tries + 1})
        if mine:
            kept = {"letter_id": self.letter.id, "number": self.tries + 1, "at": now, "reply": reply}
            change(session, NEW_TRY, kept | {"state": State.WAITING})
        return mine

    def untried(self, session: Connected, reply: str, due_at: datetime, now: datetime) -> bool:
        """Put the letter back as if this try had not been: its server was in trouble, not the letter."""
        return self._change(session, PUT_BACK, {"words": reply, "at": due_at, "set_at": now, "count": self.tries})

    def release(self, session: Connected, due_at: datetime, now: datetime | None = None) -> bool:
        """Give the letter back, as if it had never been taken, for whichever worker comes from `due_at` on, or now."""
        return self._change(session, RELEASE, {"at": due_at, "set_at": now or due_at, "count": self.tries})

    def _change(self, session: Connected, statement: Update, values: dict[str, Any]) -> bool:
        return change(session, statement, values | {"number": self.letter.id, "holder": self.holder}) == 1


@dataclass(frozen=True)
class Begun:
    """A try that begins: under which Message-ID, and what is known of the letter by now."""

    claim: Claim
    message_id: str
    to: str
    address_key: str | None
    progress: dict[str, Any]


def begin(session: Session, tries: Sequence[Begun]) -> None:
    """Record, before anything leaves, that these tries begin.

    Raises:
        LeaseLost: one of the letters is another's by now.
    """
    rows = [
        {
            "number": one.claim.letter.id,
            "holder": one.claim.holder,
            "count": one.claim.tries + 1,
            "with_id": one.message_id,
            "known": one.progress,
            "whom": one.to,
            "whom_key": one.address_key,
        }
        for one in tries
    ]
    if rows and session.connection().execute(BEGIN, rows).rowcount != len(rows):
        raise LeaseLost


class LeaseLost(Exception):  # noqa: N818 - named for what happened
    """A letter is another worker's by now."""


def change(session: Connected, statement: Update | Insert, values: Mapping[str, Any]) -> int:
    """Change rows, in a transaction or at once, and return how many were met."""
    if isinstance(session, Changes):
        return session.make(statement, values)
    return session.connection().execute(statement, values).rowcount


def take(session: Session, holder: str, size: int, now: datetime, others: int | None = None) -> list[Claim]:
    """Claim up to `size` due letters, urgent ones first, then by when they were due. Skips what others hold.

    Where `others` is given, those that are not urgent must fit into that many, together with the urgent ones.
    """
    taken: list[Letter] = []
    for urgent in (True, False):
        left = size - len(taken)
        wanted = left if urgent or others is None else min(left, others - len(taken))
        if wanted > 0:
            values = {"holder": holder, "size": wanted, "now": now, "lease": now + LEASE}
            found = session.scalars(CLAIM[urgent], values)
            taken += sorted(found, key=lambda letter: letter.id)
    return [Claim(letter, holder, letter.tries) for letter in taken]


def claim_statement(*, urgent: bool) -> Any:  # noqa: ANN401 - typed nowhere public
    """Build the one statement that claims, along the partial index, however many letters have ended."""
    due = (
        select(Letter.id)
        .where(OPEN, Letter.urgent == urgent, Letter.due_at <= bindparam("now", type_=Letter.due_at.type))
        .order_by(Letter.due_at)
        .limit(bindparam("size", type_=Integer))
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer at a time and needs no such words
        .cte("due")
    )
    return (
        update(Letter)
        .where(Letter.id.in_(select(due.c.id)))
        .values(state=State.SENDING, claim=bindparam("holder"), due_at=bindparam("lease"))
        .returning(Letter)
        .execution_options(synchronize_session=False)  # nothing was loaded before
    )


CLAIM = {urgent: claim_statement(urgent=urgent) for urgent in (True, False)}


def renew(session: Session, holder: str, ids: Collection[int], now: datetime) -> None:
    """Hold these letters for another lease."""
    session.execute(held(holder, ids).values(due_at=now + LEASE))


def held(holder: str, ids: Collection[int]) -> Update:
    """Start an update of those of the letters that are still held, and of nothing else."""
    return update(Letter).where(Letter.id.in_(ids), Letter.state == State.SENDING, Letter.claim == holder)


def expire(session: Session, now: datetime) -> int:
    """End the letters that wait and whose time has passed, so that nobody thinks they may still come."""
    values = {"state": State.EXPIRED, "reply": TIME_IS_UP, "reason": DEADLINE, "ended_at": now}
    ended = 0
    for waiting in (and_(OPEN, Letter.state == State.WAITING), HELD):  # each along its own partial index
        over = update(Letter).where(waiting, Letter.useful_until <= now).values(values)
        ended += len(session.scalars(over.returning(Letter.id)).all())
    return ended


def next_due(session: Session) -> datetime | None:
    """Return when the next open letter is due, None when there is none."""
    found: Sequence[datetime | None] = [
        session.scalar(select(func.min(Letter.due_at)).where(OPEN, Letter.urgent == urgent)) for urgent in (True, False)
    ]
    return min((moment for moment in found if moment), default=None)
