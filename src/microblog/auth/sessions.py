"""The logins of one member: where they are signed in, and how that ends."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from microblog.audit import Happened, events
from microblog.auth.errors import NoSuchLogin
from microblog.auth.models import Login
from microblog.auth.session_lifetimes import alive
from microblog.auth.sign_in import hashed
from microblog.identity import ChangedMeanwhile
from microblog.identity.lookup import keep
from microblog.origin import Origin


def logins_of(session: Session, account_id: int, now: datetime, most: int) -> Sequence[Login]:
    """Return the logins that have not run out, the one used last first, and no more than so many."""
    mine = select(Login).where(Login.account_id == account_id, alive(now))
    return session.scalars(mine.order_by(Login.seen_at.desc(), Login.id.desc()).limit(most)).all()


def end_login(session: Session, account_id: int, login_id: int, now: datetime, origin: Origin) -> None:
    """End one login of a member, wherever it is.

    Raises:
        NoSuchLogin: it ended already, or is somebody else's.
    """
    keep(session, account_id)
    mine = delete(Login).where(Login.id == login_id, Login.account_id == account_id)
    ended = session.execute(mine.returning(Login.device)).one_or_none()
    if ended is None:
        raise NoSuchLogin
    events.record(session, account_id, Happened.LOGIN_ENDED, now, origin=origin, detail=ended.device)


def end_other_logins(session: Session, account_id: int, but: int | None) -> int:
    """End every login of an account but one, or all where none is to stay, and return how many there were."""
    others = delete(Login).where(Login.account_id == account_id)
    others = others if but is None else others.where(Login.id != but)
    return len(session.scalars(others.returning(Login.id)).all())


def end_all_sessions(session: Session) -> int:
    """End every session of everybody, and return how many there were: the database was restored from a backup."""
    return len(session.scalars(delete(Login).returning(Login.id)).all())


def end_the_others(session: Session, account_id: int, but: int, now: datetime, origin: Origin) -> int:
    """End every other login because the member asked for it, note it, and return how many there were."""
    keep(session, account_id)
    ended = end_other_logins(session, account_id, but)
    if ended:
        detail = "1 other" if ended == 1 else f"{ended} others"
        events.record(session, account_id, Happened.LOGIN_ENDED, now, origin=origin, detail=detail)
    return ended


def renew_login(session: Session, account_id: int, login_id: int) -> str:
    """Give a login a new secret, and return it: whoever copied the old one is out.

    Raises:
        ChangedMeanwhile: the login has ended.
    """
    secret = secrets.token_urlsafe(32)
    mine = update(Login).where(Login.id == login_id, Login.account_id == account_id)
    renewed = session.scalar(mine.values(secret_hash=hashed(secret)).returning(Login.id))
    if renewed is None:
        raise ChangedMeanwhile
    return secret
