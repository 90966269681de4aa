"""Letters that share a key: of those that have not left, the newest counts; and one asked for twice is one letter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from microblog.locks import Lock, exclusive
from microblog.mail.outbox import Letter, State

REPLACED = "replaced by a newer one"
TWICE = "asked for twice"
TWICE_WITHIN = timedelta(minutes=1)  # a double click, or a person who did not believe the first
OUTBOX = cast("Table", Letter.__table__)
NOT_HELD = select(OUTBOX.c.id).where(OUTBOX.c.id == bindparam("number")).with_for_update(skip_locked=True)
INHERIT = (  # built once, on the table: somebody impatient leaves many letters to be replaced
    update(OUTBOX)
    .where(OUTBOX.c.id == NOT_HELD.scalar_subquery())
    .values(progress=bindparam("known", type_=OUTBOX.c.progress.type))
)
ALIVE = (State.WAITING, State.SENDING, State.SENT)
# Built once, on the table: building it for each batch took longer than running it.
OUTBOX = cast("Table", Letter.__table__)
WITH_THESE_KEYS = select(
    OUTBOX.c.id, OUTBOX.c.key, OUTBOX.c.state, OUTBOX.c.posted_at, OUTBOX.c.payload, OUTBOX.c.progress
).where(
    OUTBOX.c.key.in_(bindparam("keys", expanding=True)),
    OUTBOX.c.state.in_(ALIVE),
    # A month of sent ones would say nothing more.
    or_(OUTBOX.c.state != State.SENT, OUTBOX.c.posted_at > bindparam("since")),
)


@dataclass
class Rival:
    """A letter that waits, is being sent, or was, as seen by another with the same key."""

    id: int
    key: str
    state: str
    posted_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    progress: dict[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """All that is known of it, which the one that takes its place inherits as progress."""
        return {**self.progress, **self.payload}


def rivals_of(session: Session, letters: Sequence[Letter]) -> dict[str, list[Rival]]:
    """Return, by key, every living letter that shares a key with one of these, themselves included.

    From then on until the transaction ends no other worker decides which of several letters counts. Otherwise each of
    two could leave it to a letter that the other has just ended, and none would be sent.
    """
    keys = {letter.key for letter in letters if letter.key is not None}
    found: dict[str, list[Rival]] = {key: [] for key in keys}
    if keys:
        wait_to_decide(session)
        since = min(letter.posted_at for letter in letters) - TWICE_WITHIN
        rows = session.connection().execute(WITH_THESE_KEYS, {"keys": list(keys), "since": since})
        for row in rows:
            found[row.key].append(Rival(row.id, row.key, row.state, row.posted_at, row.payload, row.progress))
    return found


def wait_to_decide(session: Session) -> None:
    """Wait until no other transaction decides."""
    exclusive(session, Lock.MAIL_RIVALS)


def newest(letter: Letter, rivals: Collection[Rival]) -> Rival | None:
    """Return the newest rival that was posted after this letter: this one gives way to it."""
    return max((rival for rival in rivals if rival.id > letter.id), key=lambda rival: rival.id, default=None)


def is_repeat(letter: Letter, rivals: Collection[Rival]) -> bool:
    """Tell whether the same was asked for within the last minute and is on its way, or there."""
    return any(
        rival.id < letter.id
        and rival.state in (State.SENDING, State.SENT)
        and abs(letter.posted_at - rival.posted_at) < TWICE_WITHIN  # not by a clock that was ahead
        for rival in rivals
    )


def older_waiting(letter: Letter, rivals: Collection[Rival]) -> list[Rival]:
    """Return the rivals that this letter takes the place of."""
    return [rival for rival in rivals if rival.id < letter.id and rival.state == State.WAITING]


def leave_to(session: Session, newer: Rival, facts: Mapping[str, Any]) -> None:
    """Let a newer letter inherit what is known of one that gives way to it, unless another worker is just taking it."""
    newer.progress = {**facts, **newer.progress}
    session.connection().execute(INHERIT, {"number": newer.id, "known": newer.progress})
    if heir := session.identity_map.get(identity_key(Letter, newer.id)):  # it is in the same batch, and written next
        set_committed_value(heir, "progress", newer.progress)


def retire(session: Session, older: Collection[Rival], now: datetime) -> None:
    """End older letters in favour of a newer one, and tell each rival what became of it.

    One that another worker is just taking is not waited for, which that worker might do for one of ours as well. It
    decides after this transaction, finds the newer letter, and ends the older one itself.
    """
    ids = [rival.id for rival in older]
    free = select(Letter.id, Letter.state).where(Letter.id.in_(ids)).with_for_update(skip_locked=True)
    states: dict[int, str] = {row.id: row.state for row in session.execute(free)}
    waiting = [number for number, state in states.items() if state == State.WAITING]
    values = {"state": State.DROPPED, "reply": REPLACED, "reason": REPLACED, "ended_at": now}
    session.execute(update(Letter).where(Letter.id.in_(waiting)).values(values))
    for rival in older:
        state = states.get(rival.id, State.DROPPED)
        rival.state = State.DROPPED if state == State.WAITING else state


def let_go(session: Session, keys: Collection[str]) -> None:
    """Say that the letters under these keys have served: one asked for from now on repeats none of them."""
    session.execute(update(Letter).where(Letter.key.in_(keys), Letter.state == State.SENT).values(key=None))
