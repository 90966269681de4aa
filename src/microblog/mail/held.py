"""Emails held after a restore.

They waited when the backup was made. Some may have been sent since, so none is sent until an administrator says so.
"""

from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from microblog.mail.outbox import HELD, OPEN, WAITING_KEY, Email, State, WorkerSeen, notify_workers
from microblog.mail.superseding import NEWER, yield_to_newer

DROPPED_AFTER_RESTORE = "dropped_after_restore"
NOT_ENDED_UNSENT = (State.HELD, *NEWER)


def hold_all(session: Session) -> int:
    """Hold every email that has not left, and return how many there are. Tries that had begun are forgotten."""
    held = update(Email).where(OPEN).values(state=State.HELD, lease=None)
    return len(session.scalars(held.returning(Email.id)).all())


def forget_workers(session: Session) -> None:
    """Forget the workers that lived when the backup was made."""
    session.execute(delete(WorkerSeen))


def count_held(session: Session) -> int:
    """Count the emails that are held."""
    return session.scalar(select(func.count()).select_from(Email).where(HELD)) or 0


def release_all(session: Session, now: datetime) -> int:
    """Make every held email due now, and return how many there were. Of those that share a key the newest counts."""
    for number, key in session.execute(superseded_emails()).all():
        yield_to_newer(session, number, key or "", NOT_ENDED_UNSENT)
        session.execute(update(Email).where(Email.id == number).values(superseded=True))
    released = update(Email).where(HELD).values(state=State.WAITING, due_at=now)
    done = len(session.scalars(released.returning(Email.id)).all())
    notify_workers(session)
    return done


def superseded_emails() -> Select[int, str | None]:
    """Select the held and waiting emails whose key a newer one has."""
    newer = aliased(Email)
    later = select(newer.id).where(newer.key == Email.key, newer.id > Email.id, newer.state.in_(NOT_ENDED_UNSENT))
    mine = or_(HELD, WAITING_KEY)
    return select(Email.id, Email.key).where(mine, Email.key.is_not(None), later.exists()).order_by(Email.id)


def drop_all(session: Session, now: datetime) -> int:
    """End every held email unsent, and return how many there were."""
    ended = {"state": State.DROPPED, "ended_at": now, "reply": None, "reason": DROPPED_AFTER_RESTORE}
    dropped = update(Email).where(HELD).values(ended)
    return len(session.scalars(dropped.returning(Email.id)).all())
