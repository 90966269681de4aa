"""The events of one account or identifier, for an administrator who looks into a complaint. Holds no secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from microblog.audit.events import hash_identifier
from microblog.audit.models import Event
from microblog.identity import Known
from microblog.origin import Origin


@dataclass(frozen=True)
class Happening:
    """One event: when, what, why, roughly from where, and the email that goes with it."""

    at: datetime
    kind: str
    detail: str
    origin: Origin
    email_id: int | None


def read_happenings(session: Session, known: Known, secrets: Sequence[bytes], most: int) -> list[Happening]:
    """Return the newest events of an account, and those noted by a keyed hash of one of its names; oldest first."""
    hashes = [hash_identifier(secret, key) for secret in secrets for key in known.keys]
    number = known.account.id if known.account else None
    theirs = or_(Event.about.in_(hashes), and_(Event.account_id.is_not(None), Event.account_id == number))
    found = session.scalars(select(Event).where(theirs).order_by(Event.id.desc()).limit(most)).all()
    return [happening_of(one) for one in reversed(found)]


def happening_of(event: Event) -> Happening:
    """Return what is told of an event."""
    return Happening(event.at, event.kind, event.detail, Origin(event.device, event.network), event.email_id)
