"""Events of reset links, recorded once for each link: opened, or refused and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.audit import EventType, hash_identifier, is_recorded, record
from microblog.context import Context
from microblog.identity import Account
from microblog.origin import Origin


@dataclass(frozen=True)
class LinkEvent:
    """Something that happened with a link. Of equal ones only the first is kept: links can be opened without end."""

    account_id: int
    kind: EventType
    mark: str
    origin: Origin
    at: datetime
    detail: str = ""


RecordLater = Callable[[LinkEvent], object]
"""Record an event when the answer has left, with `record_link_event`."""


def link_event(context: Context, token: str, account_id: int, kind: EventType, detail: str = "") -> LinkEvent:
    """Describe it. The token itself is kept nowhere, only a keyed hash that tells one link from another."""
    mark = hash_identifier(context.settings.keys("events")[0], f"link {kind} {detail} {token}")
    return LinkEvent(account_id, kind, mark, context.origin, context.now, detail)


def is_noted(session: Session, event: LinkEvent) -> bool:
    """Tell whether the same was noted before."""
    return is_recorded(session, event.mark)


def record_link_event(session: Session, event: LinkEvent) -> None:
    """Note it, unless it was noted before or the account is gone."""
    account = select(Account.id).where(Account.id == event.account_id)
    if session.scalar(account.with_for_update()) is None or is_noted(session, event):
        return
    record(
        session,
        event.account_id,
        event.kind,
        event.at,
        origin=event.origin,
        detail=event.detail,
        about=event.mark,
    )
