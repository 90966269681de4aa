"""How long a login lasts: from when it began at the longest, and from when it was last used."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.orm import Session

from microblog.auth.models import Login

REMEMBERED_FOR = timedelta(days=30)  # NIST SP 800-63B-4 section 2.1.3 allows no more
OPEN_FOR = timedelta(days=7)  # the browser forgets earlier, when it is closed
REMEMBERED_IDLE = timedelta(days=14)
OPEN_IDLE = timedelta(hours=24)
LATE = timedelta(minutes=30)  # after which nothing is noted any more: a later `seen_at` is by a clock that was ahead
SEEN_EVERY = timedelta(minutes=5)  # how exact `seen_at` is, so that not every page view is a write


def alive(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a login has not ended: neither too old nor unused for too long."""
    used = or_(
        Login.seen_at > now - OPEN_IDLE,
        and_(Login.remembered, Login.seen_at > now - REMEMBERED_IDLE),
    )
    return and_(Login.expires_at > now, used)


def seen(session: Session, login_id: int, now: datetime) -> None:
    """Note that a session was used. What a clock that was ahead had noted would keep it alive for longer."""
    another = or_(Login.seen_at < now, Login.seen_at > now + LATE)
    session.execute(update(Login).where(Login.id == login_id, another).values(seen_at=now))
