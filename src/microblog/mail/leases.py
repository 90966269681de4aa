"""Leases: take emails from the outbox, and record their outcomes.

A worker leases a few due emails for some seconds and keeps renewing the lease while it lives. One that dies simply
stops renewing, and its emails are due again. Every later word about an email counts only while the lease is its own.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Insert, Integer, Table, Update, and_, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.mail.outbox import HELD, OPEN, Email, State, Try
from microblog.mail.superseding import yield_to_newer

LEASE_TIME = timedelta(seconds=30)
RENEW_EVERY = 8.0  # seconds; three renewals in a row may fail before a lease runs out
REFUSED = "refused"
DEADLINE = "deadline"
Connected = Session | Connection

OUTBOX, TRIES = cast("Table", Email.__table__), cast("Table", Try.__table__)
# Built once, on the table: building one for each email took as long as running it.
MINE = (
    OUTBOX.c.id == bindparam("number"),
    OUTBOX.c.state == State.SENDING,
    OUTBOX.c.lease == bindparam("holder"),
)
# It left, whoever holds it by now, and even if an operator dropped it meanwhile.
LEFT = (OUTBOX.c.id == bindparam("number"), OUTBOX.c.state != State.SENT)
OUTCOME: dict[str, Any] = {
    "state": bindparam("new_state"),
    "lease": None,
    "reply": bindparam("words"),
    "reason": bindparam("why"),
}
END = update(OUTBOX).where(*MINE).values(**OUTCOME, ended_at=bindparam("at"))
END_AS_SENT = update(OUTBOX).where(*LEFT).values(**OUTCOME, ended_at=bindparam("at"), counted=False)
BACK: dict[str, Any] = {
    "state": State.WAITING,
    "lease": None,
    "due_at": bindparam("at"),
    "due_set_at": bindparam("set_at"),
    "tries": bindparam("count"),
    "superseded": bindparam("gives_way"),
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
NEW_TRY = insert(TRIES).values({name: bindparam(name) for name in ("email_id", "number", "at", "state", "reply")})


@dataclass(frozen=True)
class Lease:
    """One worker's hold on one email. `tries` are those there had been when it was taken."""

    email: Email
    holder: str
    tries: int

    def end(self, session: Connected, state: State, reply: str, now: datetime, reason: str = "") -> bool:
        """Record the outcome. `reply` is empty where no server was asked. False where the lease was lost."""
        new = {"new_state": state, "words": reply or None, "why": reason, "at": now}
        return self._change(session, END_AS_SENT if state is State.SENT else END, new)

    def retry(self, session: Session, reply: str, due_at: datetime, now: datetime) -> bool:
        """Put the email back for another try, and keep what came of this one for whoever wants to know."""
        values = {"words": reply, "at": due_at, "set_at": now, "count": self.tries + 1}
        mine = self._put_back(session, PUT_BACK, values)
        if mine:
            kept = {"email_id": self.email.id, "number": self.tries + 1, "at": now, "reply": reply}
            change(session, NEW_TRY, kept | {"state": State.WAITING})
        return mine

    def return_untried(self, session: Session, reply: str, due_at: datetime, now: datetime) -> bool:
        """Put the email back as if this try had not been: its server was in trouble, not the email."""
        return self._put_back(session, PUT_BACK, {"words": reply, "at": due_at, "set_at": now, "count": self.tries})

    def release(self, session: Session, due_at: datetime, now: datetime | None = None) -> bool:
        """Give the email back, as if it had never been taken, for whichever worker comes from `due_at` on, or now."""
        return self._put_back(session, RELEASE, {"at": due_at, "set_at": now or due_at, "count": self.tries})

    def _put_back(self, session: Session, statement: Update, values: dict[str, Any]) -> bool:
        """Let the email wait again; one that a newer one has overtaken meanwhile waits for nothing but its end."""
        number, key = self.email.id, self.email.key
        if key is None or self.email.superseded:
            return self._change(session, statement, values | {"gives_way": self.email.superseded})
        while True:
            with suppress(IntegrityError), session.begin_nested():
                return self._change(session, statement, values | {"gives_way": yield_to_newer(session, number, key)})
            # On PostgreSQL a newer one was queued in this moment: now it can be seen.

    def _change(self, session: Connected, statement: Update, values: dict[str, Any]) -> bool:
        return change(session, statement, values | {"number": self.email.id, "holder": self.holder}) == 1


@dataclass(frozen=True)
class Begun:
    """A try that begins: under which Message-ID, and what is known of the email by now."""

    lease: Lease
    message_id: str
    to: str
    address_key: str | None
    progress: dict[str, Any]


def begin(session: Session, tries: Sequence[Begun]) -> None:
    """Record, before anything leaves, that these tries begin.

    Raises:
        LeaseLost: one of the emails is another's by now.
    """
    rows = [
        {
            "number": one.lease.email.id,
            "holder": one.lease.holder,
            "count": one.lease.tries + 1,
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
    """An email is another worker's by now."""


def change(session: Connected, statement: Update | Insert, values: Mapping[str, Any]) -> int:
    """Change rows, in a transaction or at once, and return how many were met."""
    connection = session if isinstance(session, Connection) else session.connection()
    return connection.execute(statement, values).rowcount


def take(session: Session, holder: str, size: int, now: datetime, others: int | None = None) -> list[Lease]:
    """Lease up to `size` due emails, urgent ones first, then by when they were due. Skips what others hold.

    Where `others` is given, those that are not urgent must fit into that many, together with the urgent ones.
    """
    taken: list[Email] = []
    for urgent in (True, False):
        left = size - len(taken)
        wanted = left if urgent or others is None else min(left, others - len(taken))
        if wanted > 0:
            values = {"holder": holder, "size": wanted, "now": now, "lease": now + LEASE_TIME}
            found = session.scalars(CLAIM[urgent], values)
            taken += sorted(found, key=lambda email: email.id)
    return [Lease(email, holder, email.tries) for email in taken]


def claim_statement(*, urgent: bool) -> Any:  # noqa: ANN401 - typed nowhere public
    """Build the one statement that leases, along the partial index, however many emails have ended."""
    due = (
        select(Email.id)
        .where(OPEN, Email.urgent == urgent, Email.due_at <= bindparam("now", type_=Email.due_at.type))
        .order_by(Email.due_at)
        .limit(bindparam("size", type_=Integer))
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer at a time and needs no such words
        .cte("due")
    )
    return (
        update(Email)
        .where(Email.id.in_(select(due.c.id)))
        .values(state=State.SENDING, lease=bindparam("holder"), due_at=bindparam("lease"))
        .returning(Email)
        .execution_options(synchronize_session=False)  # nothing was loaded before
    )


CLAIM = {urgent: claim_statement(urgent=urgent) for urgent in (True, False)}


def renew(session: Session, holder: str, ids: Collection[int], now: datetime) -> None:
    """Hold these emails for another lease."""
    session.execute(update_leased(holder, ids).values(due_at=now + LEASE_TIME))


def update_leased(holder: str, ids: Collection[int]) -> Update:
    """Build an UPDATE of those of the emails that are still leased to `holder`."""
    return update(Email).where(Email.id.in_(ids), Email.state == State.SENDING, Email.lease == holder)


def expire(session: Session, now: datetime) -> int:
    """End the emails that wait and whose time has passed, so that nobody thinks they may still come."""
    values = {"state": State.EXPIRED, "reply": None, "reason": DEADLINE, "ended_at": now}
    ended = 0
    for waiting in (and_(OPEN, Email.state == State.WAITING), HELD):  # each along its own partial index
        over = update(Email).where(waiting, Email.expires_at <= now).values(values)
        ended += len(session.scalars(over.returning(Email.id)).all())
    return ended


def next_due(session: Session) -> datetime | None:
    """Return when the next open email is due, None when there is none."""
    found: Sequence[datetime | None] = [
        session.scalar(select(func.min(Email.due_at)).where(OPEN, Email.urgent == urgent)) for urgent in (True, False)
    ]
    return min((moment for moment in found if moment), default=None)
