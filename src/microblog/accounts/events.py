"""What happened to an account, in the order it happened."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from microblog.accounts.models import Event


class Happened(StrEnum):
    """The kinds of event."""

    SIGNED_UP = "signed up"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    PASSWORD_RESET = "password reset"  # noqa: S105 - the name of an event


def record(session: Session, account_id: int, kind: Happened, now: datetime) -> None:
    """Note an event, as part of the caller's transaction."""
    session.add(Event(account_id=account_id, kind=kind, at=now))
