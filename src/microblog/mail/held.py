"""Emails held after a restore.

They waited when the backup was made. Some may have been sent since, so none is sent until an administrator says so.
"""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from microblog.mail.outbox import HELD, OPEN, Letter, State, WorkerSeen, ring

DROPPED_AFTER_RESTORE = "dropped after a restore"


def hold_all(session: Session) -> int:
    """Hold every email that has not left, and return how many there are. Tries that had begun are forgotten."""
    held = update(Letter).where(OPEN).values(state=State.HELD, claim=None)
    return len(session.scalars(held.returning(Letter.id)).all())


def forget_workers(session: Session) -> None:
    """Forget the workers that lived when the backup was made."""
    session.execute(delete(WorkerSeen))


def count_held(session: Session) -> int:
    """Count the emails that are held."""
    return session.scalar(select(func.count()).select_from(Letter).where(HELD)) or 0


def release_all(session: Session, now: datetime) -> int:
    """Make every held email due now, and return how many there were."""
    released = update(Letter).where(HELD).values(state=State.WAITING, due_at=now)
    done = len(session.scalars(released.returning(Letter.id)).all())
    ring(session)
    return done


def drop_all(session: Session, now: datetime) -> int:
    """End every held email unsent, and return how many there were."""
    why = {"reply": DROPPED_AFTER_RESTORE, "reason": DROPPED_AFTER_RESTORE}
    dropped = update(Letter).where(HELD).values(state=State.DROPPED, ended_at=now, **why)
    return len(session.scalars(dropped.returning(Letter.id)).all())
