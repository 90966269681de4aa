"""Signing in: each login is a row that can end. The browser holds a secret, the row only its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.audit import Happened, events
from microblog.auth.cancel_deletion import CancelledBy, cancel_deletion
from microblog.auth.errors import PasswordChanged
from microblog.auth.models import Login
from microblog.auth.session_lifetimes import OPEN_FOR, REMEMBERED_FOR, SEEN_EVERY, alive
from microblog.auth.sign_in_alerts import tell_of_suspicion
from microblog.identity import Account
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
    """When this login was last noted as used."""

    def to_be_noted(self, now: datetime) -> bool:
        """Tell whether that is long enough ago to note it again."""
        return abs(now - self.seen_at) >= SEEN_EVERY


def sign_in(
    session: Session,
    verified: Account,
    *,
    new_hash: str | None,
    remember: bool,
    known_browser: bool,
    origin: Origin,
    now: datetime,
) -> str:
    """Begin a login for an account whose password was just verified, and return its secret.

    `new_hash` replaces the password's hash where its parameters have risen. Where the sign-in may have been somebody
    else's, its owner is told by email. An account that was to be deleted stays.

    Raises:
        PasswordChanged: since it was verified.
    """
    same = select(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    account = session.scalar(same.where(Account.deactivated_at.is_(None)).with_for_update(key_share=True))
    if account is None:
        raise PasswordChanged
    if new_hash:
        account.password_hash = new_hash
    if account.deletion_due_at is not None:
        cancel_deletion(session, account, now, origin, CancelledBy.SIGN_IN)
    tell_of_suspicion(session, account, now, origin, known_browser=known_browser)
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
        select(Account.id, Account.username, Account.email, Login.id.label("login_id"), Login.seen_at)
        .join(Login, Login.account_id == Account.id)
        .where(Login.secret_hash == hashed(secret), alive(now), Account.deactivated_at.is_(None))
    ).one_or_none()
    return Member(found.id, found.username, found.email, secret, found.login_id, found.seen_at) if found else None


def sign_out(session: Session, member: Member, now: datetime, origin: Origin) -> None:
    """End one login, for good: its cookie opens nothing any more."""
    if not keep(session, member.account_id):
        return
    session.execute(delete(Login).where(Login.secret_hash == hashed(member.secret)))
    events.record(session, member.account_id, Happened.SIGNED_OUT, now, origin=origin)


def end_logins(session: Session, account_id: int) -> int:
    """End every login of an account, on all its devices, and return how many there were."""
    return len(session.scalars(delete(Login).where(Login.account_id == account_id).returning(Login.id)).all())


def hashed(secret: str) -> str:
    """Return what is kept of a login's secret. It has 256 random bits, so a plain hash is enough (ASVS 6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()
