"""Emails whose moments were written by a clock that was ahead, and was then set back.

Trusted as they are, delivery would stop until the clock has caught up. Each email keeps when its wait began, so that a
wait that begins in the future shows, and is begun anew.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from microblog.clock import SKEW
from microblog.mail.backoff import LONGEST_WAIT
from microblog.mail.leases import LEASE_TIME
from microblog.mail.outbox import OPEN, Email, State

MOST = 500  # emails in one transaction
NONE = timedelta()
COLUMNS = Email.id, Email.state, Email.due_at, Email.due_set_at
WITHOUT_SESSION = {"synchronize_session": False}  # nothing was loaded before


def mend_waits(session: Session, now: datetime) -> int:
    """Begin those waits anew, now, that began in the future, and return how many.

    Whoever holds an email has a whole lease to renew it, for they may be sending it at this moment. A clock that is
    behind for a while does no harm here: an email is tried too early.
    """
    ahead = now + SKEW
    unknown = and_(Email.due_set_at.is_(None), Email.due_at > ahead + LONGEST_WAIT)
    waits = and_(Email.state == State.WAITING, or_(Email.due_set_at > ahead, unknown))
    held = and_(Email.state == State.SENDING, Email.due_at > ahead + LEASE_TIME)
    found = 0
    for urgent in (True, False):  # along the index of what is due
        late = Email.due_at > now - LONGEST_WAIT
        wrong = select(*COLUMNS).where(OPEN, Email.urgent == urgent, late, or_(waits, held)).limit(MOST)
        for number, state, due_at, set_at in session.execute(wrong.with_for_update(skip_locked=True)).all():
            meant = LEASE_TIME if state == State.SENDING else due_at - set_at if set_at else NONE
            anew = {"due_at": now + max(meant, NONE), "due_set_at": now}
            session.execute(update(Email).where(Email.id == number).values(anew), execution_options=WITHOUT_SESSION)
            found += 1
    return found


def mend_deadlines(session: Session, now: datetime, latest: datetime) -> int:
    """Give emails that were posted in the future as long as they were to have, from now; return how many.

    `latest` is what two readings of the clock agree it is not past: one that is behind for a minute must not bring the
    deadlines of good emails forward.
    """
    wrong = select(Email).where(OPEN, Email.expires_at > latest, Email.queued_at > latest + SKEW).limit(MOST)
    emails = session.scalars(wrong.with_for_update(skip_locked=True)).all()
    for email in emails:
        email.queued_at, email.expires_at = now, now + (email.expires_at - email.queued_at)
    session.flush()
    return len(emails)
