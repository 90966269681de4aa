"""Queries of other packages about the events of an account."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from microblog.audit.events import EventType
from microblog.audit.models import Event
from microblog.origin import Origin


@dataclass(frozen=True)
class EventCount:
    """Equal events from one kind of device and IP range: how many, and since when."""

    origin: Origin
    times: int
    since: datetime


def occurrences_since(
    session: Session, account_id: int, kind: EventType, last: EventType, most: int
) -> Sequence[EventCount]:
    """Count the newest events of a kind, `most` at the most, since the last of another kind; most frequent first."""
    own = select(Event).where(Event.account_id == account_id)
    begin = own.where(Event.kind == last).with_only_columns(func.max(Event.id)).scalar_subquery()
    since = own.where(Event.kind == kind, Event.id > func.coalesce(begin, 0))
    newest = since.with_only_columns(Event.at, Event.device, Event.network).order_by(Event.id.desc())
    counted = newest.limit(most).subquery()
    times, place = func.count(), (counted.c.device, counted.c.network)
    rows = session.execute(
        select(*place, times, func.min(counted.c.at)).group_by(*place).order_by(times.desc(), *place)
    ).all()
    return [EventCount(Origin(device, network), number, at) for device, network, number, at in rows]


def devices_of(session: Session, account_id: int, kinds: Collection[EventType]) -> Sequence[str]:
    """Return the kinds of devices, where known, that events of these kinds came from."""
    before = select(Event.device).where(Event.account_id == account_id, Event.kind.in_(kinds), Event.device != "")
    return session.scalars(before.distinct()).all()  # few: there are hardly a hundred kinds


def is_recorded(session: Session, about: str) -> bool:
    """Tell whether there is an event about something, by its hash."""
    return session.scalar(select(Event.id).where(Event.about == about).limit(1)) is not None
