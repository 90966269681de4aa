"""Signing in: each login is a row that can end. The browser holds a secret, the row only its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from microblog.accounts import events
from microblog.accounts.errors import PasswordChanged
from microblog.accounts.events import Happened
from microblog.accounts.models import Account, Login
from microblog.accounts.origin import Origin

REMEMBERED_FOR = timedelta(days=30)  # NIST SP 800-63B-4 section 2.1.3 allows no more
OPEN_FOR = timedelta(days=7)  # the browser forgets earlier, when it is closed


@dataclass(frozen=True)
class Member:
    """Who is signed in, in this request."""

    account_id: int
    username: str
    email: str
    secret: str
    login_id: int


def sign_in(
    session: Session, verified: Account, *, new_hash: str | None, remember: bool, origin: Origin, now: datetime
) -> str:
    """Begin a login for an account whose password was just verified, and return its secret.

    `new_hash` replaces the password's hash where its parameters have risen.

    Raises:
        PasswordChanged: since it was verified.
    """
    same = select(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    if session.scalar(same.where(Account.deactivated_at.is_(None)).with_for_update()) is None:
        raise PasswordChanged
    if new_hash:
        session.execute(update(Account).where(Account.id == verified.id).values(password_hash=new_hash))
    secret = secrets.token_urlsafe(32)
    lifetime = REMEMBERED_FOR if remember else OPEN_FOR
    login = Login(
        account_id=verified.id,
        secret_hash=hashed(secret),
        remembered=remember,
        created_at=now,
        expires_at=now + lifetime,
        seen_at=now,
        device=origin.device,
        network=origin.network,
    )
    session.add(login)
    events.record(session, verified.id, Happened.SIGNED_IN, now, origin=origin)
    return secret


def find_member(session: Session, secret: str, now: datetime) -> Member | None:
    """Return who holds this secret, if that login has not ended."""
    found = session.execute(
        select(Account.id, Account.username, Account.email, Login.id.label("login_id"))
        .join(Login, Login.account_id == Account.id)
        .where(Login.secret_hash == hashed(secret), Login.expires_at > now, Account.deactivated_at.is_(None))
    ).one_or_none()
    return Member(found.id, found.username, found.email, secret, found.login_id) if found else None


def sign_out(session: Session, member: Member, now: datetime, origin: Origin) -> None:
    """End one login, for good: its cookie opens nothing any more."""
    session.execute(delete(Login).where(Login.secret_hash == hashed(member.secret)))
    events.record(session, member.account_id, Happened.SIGNED_OUT, now, origin=origin)


def end_logins(session: Session, account_id: int) -> None:
    """End every login of an account, on all its devices."""
    session.execute(delete(Login).where(Login.account_id == account_id))


def hashed(secret: str) -> str:
    """Return what is kept of a login's secret. It has 256 random bits, so a plain hash is enough (ASVS 6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()
