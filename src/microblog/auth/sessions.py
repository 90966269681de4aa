"""Sessions: each browser that is signed in is a row, which can end. The browser holds a secret, the row its hash."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth.errors import NoSuchLogin
from microblog.auth.models import Login
from microblog.auth.session_lifetimes import OPEN_FOR, REMEMBERED_FOR, SEEN_EVERY, alive
from microblog.context import Context
from microblog.identity import Account, ChangedMeanwhile
from microblog.identity.lookup import keep
from microblog.origin import Origin


@dataclass(frozen=True)
class Member:
    """Who is signed in, in this request."""

    account_id: int
    username: str
    email: str
    secret: str
    login_id: int
    seen_at: datetime
    """When this session was last noted as used."""

    def to_be_noted(self, now: datetime) -> bool:
        """Tell whether that is long enough ago to note it again."""
        return abs(now - self.seen_at) >= SEEN_EVERY


def find_member(session: Session, secret: str, now: datetime) -> Member | None:
    """Return whose session has this secret, if it has not ended."""
    found = session.execute(
        select(Account.id, Account.username, Account.email, Login.id.label("login_id"), Login.seen_at)
        .join(Login, Login.account_id == Account.id)
        .where(Login.secret_hash == hash_secret(secret), alive(now), Account.deactivated_at.is_(None))
    ).one_or_none()
    return Member(found.id, found.username, found.email, secret, found.login_id, found.seen_at) if found else None


def add_session(session: Session, account_id: int, *, remember: bool, origin: Origin, now: datetime) -> str:
    """Add a session for an account, and return its secret."""
    secret = secrets.token_urlsafe(32)
    lifetime = REMEMBERED_FOR if remember else OPEN_FOR
    login = Login(
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
    """End the session of a member, and note it, in the transaction of something else."""
    if not keep(session, member.account_id):
        return
    session.execute(delete(Login).where(Login.secret_hash == hash_secret(member.secret)))
    events.record(session, member.account_id, EventType.SIGNED_OUT, now, origin=origin)


def list_sessions(context: Context, account_id: int, most: int) -> Sequence[Login]:
    """Return the sessions of an account that have not expired, the one used last first, and no more than so many."""
    with context.reading() as session:
        return logins_of(session, account_id, context.now, most)


def logins_of(session: Session, account_id: int, now: datetime, most: int) -> Sequence[Login]:
    """Do the same in the transaction of something else."""
    mine = select(Login).where(Login.account_id == account_id, alive(now))
    return session.scalars(mine.order_by(Login.seen_at.desc(), Login.id.desc()).limit(most)).all()


def end_session(context: Context, member: Member, session_id: int) -> None:
    """End one session of a member, in whatever browser it is.

    Raises:
        NoSuchLogin: it has ended already, or is somebody else's.
    """
    with context.writing() as session:
        keep(session, member.account_id)
        mine = delete(Login).where(Login.id == session_id, Login.account_id == member.account_id)
        ended = session.execute(mine.returning(Login.device)).one_or_none()
        if ended is None:
            raise NoSuchLogin
        record_end(session, member.account_id, context, f"device:{ended.device}")


def end_other_sessions(context: Context, member: Member) -> int:
    """End every session of a member but this one, and return how many there were."""
    with context.writing() as session:
        keep(session, member.account_id)
        ended = end_other_logins(session, member.account_id, member.login_id)
        if ended:
            record_end(session, member.account_id, context, f"others:{ended}")
    return ended


def record_end(session: Session, account_id: int, context: Context, which: str) -> None:
    """Record that a member ended sessions."""
    events.record(session, account_id, EventType.SESSION_ENDED, context.now, origin=context.origin, detail=which)


def end_other_logins(session: Session, account_id: int, but: int | None) -> int:
    """End every session of an account but one, or all where none is to stay, and return how many there were."""
    others = delete(Login).where(Login.account_id == account_id)
    others = others if but is None else others.where(Login.id != but)
    return len(session.scalars(others.returning(Login.id)).all())


def end_logins(session: Session, account_id: int) -> int:
    """End every session of an account, on all its devices, and return how many there were."""
    return len(session.scalars(delete(Login).where(Login.account_id == account_id).returning(Login.id)).all())


def end_all_sessions(session: Session) -> int:
    """End every session of everybody, and return how many there were: the database was restored from a backup."""
    return len(session.scalars(delete(Login).returning(Login.id)).all())


def renew_login(session: Session, account_id: int, login_id: int) -> str:
    """Give a session a new secret, and return it: whoever copied the old one is out.

    Raises:
        ChangedMeanwhile: the session has ended.
    """
    secret = secrets.token_urlsafe(32)
    mine = update(Login).where(Login.id == login_id, Login.account_id == account_id)
    renewed = session.scalar(mine.values(secret_hash=hash_secret(secret)).returning(Login.id))
    if renewed is None:
        raise ChangedMeanwhile
    return secret


def hash_secret(secret: str) -> str:
    """Return what is kept of a session's secret. It has 256 random bits, so a plain hash is enough (ASVS 6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()
