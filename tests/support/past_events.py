"""What happened, as the tables have it: events, each with what became of its letter."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from microblog.audit.models import Event
from microblog.mail import Email
from microblog.origin import Origin


@dataclass(frozen=True)
class LetterOutcome:
    """What became of the letter that goes with an event, as the outbox has it: its state, and why it ended so."""

    id: int
    state: str
    reason: str
    ended_at: datetime | None


@dataclass(frozen=True)
class PastEvent:
    """Something that happened. `position` tells the order in which events were noted."""

    position: int
    kind: str
    at: datetime
    origin: Origin
    detail: str
    letter: LetterOutcome | None


@dataclass(frozen=True)
class EventPage:
    """Some events, the newest first; `older` is the position to go on before, None where there are no more."""

    events: tuple[PastEvent, ...]
    older: int | None


def read_account_events(session: Session, account_id: int, *, before: int | None = None, limit: int = 50) -> EventPage:
    """Return a page of what happened to an account: the newest, or those before a position."""
    return page_of(session, Event.account_id == account_id, before, limit)


def of_hash(session: Session, about: str, *, before: int | None = None, limit: int = 50) -> EventPage:
    """Return the same of what was typed and belonged to no account, by its keyed hash."""
    return page_of(session, and_(Event.account_id.is_(None), Event.about == about, Event.about != ""), before, limit)


def page_of(session: Session, theirs: ColumnElement[bool], before: int | None, limit: int) -> EventPage:
    """Return a page of some events, each with what became of its letter."""
    asked = select(Event, Email.state, Email.reason, Email.ended_at)
    asked = asked.outerjoin(Email, Email.id == Event.email_id).where(theirs)
    if before is not None:
        asked = asked.where(Event.id < before)
    rows = session.execute(asked.order_by(Event.id.desc()).limit(limit + 1)).all()
    events = tuple(past(*row) for row in rows[:limit])
    return EventPage(events, events[-1].position if len(rows) > limit else None)


def past(event: Event, state: str | None, reason: str | None, ended_at: datetime | None) -> PastEvent:
    """Make what is shown of what is kept."""
    letter = LetterOutcome(event.email_id, state, reason or "", ended_at) if event.email_id and state else None
    origin = Origin(event.device, event.network)
    return PastEvent(event.id, event.kind, event.at, origin, event.detail, letter)
