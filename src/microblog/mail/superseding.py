"""Of emails that share a key only the newest is sent: a newer one supersedes those that wait, when it is queued.

A partial unique index lets one email wait under a key that isn't superseded. Those that are superseded still wait for a
worker, which ends them: what there is to note of them may need tables that a request must not read.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from microblog.db import DialectName, dialect_name, insert_if_absent, upsert
from microblog.mail.outbox import WAITING_KEY, Email, State

SUPERSEDED = "superseded"
REPEATED = "repeated"
REPEATED_WITHIN = timedelta(minutes=1)  # a double click, or a person who did not believe the first
OUTBOX = cast("Table", Email.__table__)
LIVE = (OUTBOX.c.state == State.WAITING, ~OUTBOX.c.superseded)
NEWER = (State.WAITING, State.SENDING, State.SENT)

# Built once: building them for each batch took longer than running them.
SUPERSEDE = (
    update(OUTBOX)
    # Locked in the order of the keys: two transactions may have several in common.
    .where(
        OUTBOX.c.id.in_(
            select(OUTBOX.c.id)
            .where(OUTBOX.c.key.in_(bindparam("keys", expanding=True)), *LIVE)
            .order_by(OUTBOX.c.key)
            .with_for_update()
        )
    )
    .values(superseded=True, due_at=bindparam("at"), due_set_at=bindparam("at"))
    .returning(OUTBOX.c.key, OUTBOX.c.progress)
)
ON_ITS_WAY = select(OUTBOX.c.id, OUTBOX.c.key, OUTBOX.c.queued_at).where(
    OUTBOX.c.key.in_(bindparam("keys", expanding=True)),
    or_(
        OUTBOX.c.state == State.SENDING,
        # A month of sent ones would say nothing more.
        (OUTBOX.c.state == State.SENT) & (OUTBOX.c.queued_at > bindparam("since")),
    ),
    ~OUTBOX.c.superseded,
)
DIALECTS: tuple[DialectName, ...] = ("postgresql", "sqlite")
QUEUE = {
    name: insert_if_absent(name, Email, None, [Email.key], index_where=WAITING_KEY).returning(OUTBOX.c.key)
    for name in DIALECTS
}
JOIN = {
    name: upsert(name, Email, None, {"queued_at": OUTBOX.c.queued_at}, key=[Email.key], index_where=WAITING_KEY)
    for name in DIALECTS
}


def insert_emails(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, in each of which `key` is set; each supersedes the email that waits under its key."""
    pending = sorted(rows, key=lambda row: row["key"])
    newest = {row["key"]: row for row in pending}
    for row in pending:
        row["superseded"] = row is not newest[row["key"]]
        row.setdefault("progress", {})
    while pending:
        supersede(session, newest)
        inserted = session.connection().execute(QUEUE[dialect_name(session)], pending)
        done = set(inserted.scalars())
        # On PostgreSQL another transaction may have queued one meanwhile: now it can be seen, and superseded.
        pending = [row for key, row in newest.items() if key not in done]
        newest = {row["key"]: row for row in pending}


def join_waiting(session: Session, row: dict[str, Any]) -> None:
    """Insert a row, unless one waits under its key: that stays as it is, locked until this transaction is over."""
    session.connection().execute(JOIN[dialect_name(session)], row)


def supersede(session: Session, newest: dict[str, dict[str, Any]]) -> None:
    """Supersede the emails that wait under these keys. The rows inherit their progress: a limit counts one once."""
    at = min(row["queued_at"] for row in newest.values())
    for key, progress in session.connection().execute(SUPERSEDE, {"keys": list(newest), "at": at}):
        newest[key]["progress"] = {**progress, **newest[key]["progress"]}


def yield_to_newer(session: Session, number: int, key: str, states: Sequence[State] = NEWER) -> bool:
    """Tell whether a newer email has this one's key and waits, is being sent or was. One to be sent inherits progress.

    For an email that is about to wait again.
    """
    newer = session.execute(
        select(OUTBOX.c.id, OUTBOX.c.state, OUTBOX.c.progress)
        .where(OUTBOX.c.key == key, OUTBOX.c.id > number, OUTBOX.c.state.in_(states), ~OUTBOX.c.superseded)
        .order_by(OUTBOX.c.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if newer and newer.state in (State.WAITING, State.HELD):
        known = session.execute(select(OUTBOX.c.progress).where(OUTBOX.c.id == number)).scalar_one()
        session.execute(update(OUTBOX).where(OUTBOX.c.id == newer.id).values(progress={**known, **newer.progress}))
    return newer is not None


def find_repeated(session: Session, emails: Collection[Email]) -> set[int]:
    """Return the ids of those whose like was queued within the minute before and is on its way, or there."""
    keyed = [email for email in emails if email.key is not None and not email.superseded]
    if not keyed:
        return set()
    since = min(email.queued_at for email in keyed) - REPEATED_WITHIN
    keys = list({email.key for email in keyed})
    sent = session.connection().execute(ON_ITS_WAY, {"keys": keys, "since": since}).all()
    return {
        email.id
        for email in keyed
        for other in sent
        if other.key == email.key
        and other.id < email.id
        and abs(email.queued_at - other.queued_at) < REPEATED_WITHIN  # not by a clock that was ahead
    }


def forget_sent(session: Session, keys: Collection[str]) -> None:
    """Say that the emails sent under these keys have served: one asked for from now on repeats none of them."""
    session.execute(update(Email).where(Email.key.in_(keys), Email.state == State.SENT).values(key=None))
