"""Letting go of what has served its purpose."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from microblog.accounts import Login, SignUp
from microblog.limits import forget_whole


def sweep(session: Session, now: datetime) -> None:
    """Delete sign-ups nobody finished, logins that have run out, and limits that limit nothing."""
    session.execute(delete(SignUp).where(SignUp.expires_at <= now))
    session.execute(delete(Login).where(Login.expires_at <= now))
    forget_whole(session, now)
