"""Sessions: each browser that is signed in is a row, which can end. The browser holds a secret, the row its hash."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth.errors import NoSuchSession
from microblog.auth.models import SignInSession
from microblog.auth.session_lifetimes import OPEN_FOR, REMEMBERED_FOR, SEEN_EVERY, unexpired
from microblog.context import Context
from microblog.identity import Account, ChangedMeanwhile
from microblog.identity.lookup import lock_key_share
from microblog.origin import Origin


@dataclass(frozen=True)
class Member:
    """The member who is signed in, in this request."""

    account_id: int
    username: str
    email: str
    secret: str
    session_id: int
    seen_at: datetime
    """When this session was last recorded as used."""

    def is_stale(self, now: datetime) -> bool:
        """Tell whether that is long enough ago to record it again."""
        return abs(now - self.seen_at) >= SEEN_EVERY


def find_member(session: Session, secret: str, now: datetime) -> Member | None:
    """Return whose session has this secret, if it has not ended."""
    found = session.execute(
        select(Account.id, Account.username, Account.email, SignInSession.id.label("session_id"), SignInSession.seen_at)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(SignInSession.secret_hash == hash_secret(secret), unexpired(now), Account.deactivated_at.is_(None))
    ).one_or_none()
    return Member(found.id, found.username, found.email, secret, found.session_id, found.seen_at) if found else None


def add_session(session: Session, account_id: int, *, remember: bool, origin: Origin, now: datetime) -> str:
    """Add a session for an account, and return its secret."""
    secret = secrets.token_urlsafe(32)
    lifetime = REMEMBERED_FOR if remember else OPEN_FOR
    login = SignInSession(
        account_id=account_id,
        secret_hash=hash_secret(secret),
        remembered=remember,
        created_at=now,
        expires_at=now + lifetime,
        seen_at=now,
        device=origin.device,
        network=origin.network,
    )
    session.add(login)
    return secret


def sign_out(context: Context, member: Member) -> None:
    """End the session of a member, for good: its cookie opens nothing any more."""
    with context.writing() as session:
        sign_out_member(session, member, context.now, context.origin)


def sign_out_member(session: Session, member: Member, now: datetime, origin: Origin) -> None:
    """End the session of a member, and record it, as part of a transaction."""
    if not lock_key_share(session, member.account_id):
        return
    session.execute(delete(SignInSession).where(SignInSession.secret_hash == hash_secret(member.secret)))
    events.record(session, member.account_id, EventType.SIGNED_OUT, now, origin=origin)


def list_sessions(context: Context, account_id: int, most: int) -> Sequence[SignInSession]:
    """Return the sessions of an account that have not expired, the one used last first, and no more than so many."""
    with context.reading() as session:
        return sessions_of(session, account_id, context.now, most)


def sessions_of(session: Session, account_id: int, now: datetime, most: int) -> Sequence[SignInSession]:
    """Do the same as part of a transaction."""
    mine = select(SignInSession).where(SignInSession.account_id == account_id, unexpired(now))
    return session.scalars(mine.order_by(SignInSession.seen_at.desc(), SignInSession.id.desc()).limit(most)).all()


def end_session(context: Context, member: Member, session_id: int) -> None:
    """End one session of a member, in whatever browser it is.

    Raises:
        NoSuchSession: it has ended already, or is somebody else's.
    """
    with context.writing() as session:
        lock_key_share(session, member.account_id)
        mine = SignInSession.id == session_id, SignInSession.account_id == member.account_id
        ended = session.execute(delete(SignInSession).where(*mine).returning(SignInSession.device)).one_or_none()
        if ended is None:
            raise NoSuchSession
        record_end(session, member.account_id, context, f"device:{ended.device}")


def end_other_sessions(context: Context, member: Member) -> int:
    """End every session of a member but this one, and return how many there were."""
    with context.writing() as session:
        lock_key_share(session, member.account_id)
        ended = end_sessions_but(session, member.account_id, member.session_id)
        if ended:
            record_end(session, member.account_id, context, f"others:{ended}")
    return ended


def record_end(session: Session, account_id: int, context: Context, which: str) -> None:
    """Record that a member ended sessions."""
    events.record(session, account_id, EventType.SESSION_ENDED, context.now, origin=context.origin, detail=which)


def end_sessions_but(session: Session, account_id: int, but: int | None) -> int:
    """End every session of an account but one, or all where none is to stay, and return how many there were."""
    others = delete(SignInSession).where(SignInSession.account_id == account_id)
    others = others if but is None else others.where(SignInSession.id != but)
    return len(session.scalars(others.returning(SignInSession.id)).all())


def end_sessions(session: Session, account_id: int) -> int:
    """End every session of an account, on all its devices, and return how many there were."""
    return end_sessions_but(session, account_id, but=None)


def end_all_sessions(session: Session) -> int:
    """End every session of everybody, and return how many there were: the database was restored from a backup."""
    return len(session.scalars(delete(SignInSession).returning(SignInSession.id)).all())


def renew_session(session: Session, account_id: int, session_id: int) -> str:
    """Give a session a new secret, and return it: whoever copied the old one is out.

    Raises:
        ChangedMeanwhile: the session has ended.
    """
    secret = secrets.token_urlsafe(32)
    mine = update(SignInSession).where(SignInSession.id == session_id, SignInSession.account_id == account_id)
    renewed = session.scalar(mine.values(secret_hash=hash_secret(secret)).returning(SignInSession.id))
    if renewed is None:
        raise ChangedMeanwhile
    return secret


def hash_secret(secret: str) -> str:
    """Return what is kept of a session's secret. It has 256 random bits, so a plain hash is enough (ASVS 6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()
