"""Session lifetimes: the absolute one and the idle one."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from microblog.auth.models import SignInSession

REMEMBERED_FOR = timedelta(days=30)  # NIST SP 800-63B-4 section 2.1.3 allows no more
OPEN_FOR = timedelta(days=7)  # the browser forgets earlier, when it is closed
REMEMBERED_IDLE = timedelta(days=14)
OPEN_IDLE = timedelta(hours=24)
LATE = timedelta(minutes=30)  # a `seen_at` that is later than now by more than this is by a clock that was ahead
SEEN_EVERY = timedelta(minutes=5)  # how exact `seen_at` is, so that not every page view is a write


def unexpired(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a session has not expired: neither too old nor unused for too long."""
    used = or_(
        SignInSession.seen_at > now - OPEN_IDLE,
        and_(SignInSession.remembered, SignInSession.seen_at > now - REMEMBERED_IDLE),
    )
    return and_(SignInSession.expires_at > now, used)


def record_use(session: Session, session_id: int, now: datetime) -> None:
    """Record that a session was used. A later `seen_at`, by a clock that was ahead, is corrected."""
    another = or_(SignInSession.seen_at < now, SignInSession.seen_at > now + LATE)
    session.execute(update(SignInSession).where(SignInSession.id == session_id, another).values(seen_at=now))


def last_seen(session: Session, account_id: int) -> datetime | None:
    """Return when a session of an account was last used; None if it has none."""
    return session.scalar(select(func.max(SignInSession.seen_at)).where(SignInSession.account_id == account_id))
