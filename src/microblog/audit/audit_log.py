"""Pages of the audit log, newest first: the events of one member, or of the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, true, union_all
from sqlalchemy.orm import Session

from microblog.audit.models import Event
from microblog.identity import Account, find_any
from microblog.mail import Email
from microblog.origin import Origin


@dataclass(frozen=True)
class LogEntry:
    """One event; its words are in `words.events`."""

    id: int
    at: datetime
    kind: str
    """An `EventType`, or one of a newer version."""
    detail: str
    """A code that says why or what; often empty."""
    origin: Origin
    outcome: str
    """The `State` of the email that goes with it; empty where there is none."""
    email_id: int | None
    username: str
    """Whose event it is; empty where it belongs to no account."""


@dataclass(frozen=True)
class EventPage:
    """Some events, newest first. `older` is the position to go on from, None at the end."""

    entries: tuple[LogEntry, ...]
    older: int | None


def read_account_events(session: Session, account_id: int, *, size: int, before: int | None = None) -> EventPage:
    """Return events of one member. A page is as good as it was, however many events come meanwhile."""
    return page_of(session, [Event.account_id == account_id], size, before)


def read_site_events(
    session: Session, *, size: int, before: int | None = None, identifier_key: str = "", about: str = ""
) -> EventPage:
    """Return events of the site: all of them, or those of whoever goes by a username or an address, active or not.

    `about` is the keyed hash of the same, for what happened where no account could be named.
    """
    if not identifier_key:
        return page_of(session, [true()], size, before)
    account = find_any(session, identifier_key)
    theirs = [and_(Event.about == about, Event.about != "")]
    return page_of(session, [*theirs, Event.account_id == account.id] if account else theirs, size, before)


def page_of(session: Session, wanted: Sequence[ColumnElement[bool]], size: int, before: int | None) -> EventPage:
    """Return the page of events next below a position, or the first one, of those that meet any of some conditions.

    Each condition is looked for by itself, along its own index.
    """
    below = (Event.id < before,) if before else ()
    newest = [select(Event.id).where(one, *below).order_by(Event.id.desc()).limit(size + 1) for one in wanted]
    ids = union_all(*(select(one.subquery().c.id) for one in newest))
    asked = (
        select(Event, Email.state, Account.username)
        .outerjoin(Email, Email.id == Event.email_id)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.id.in_(ids))
        .order_by(Event.id.desc())
        .limit(size + 1)
    )
    found = tuple(entry_of(event, state, username) for event, state, username in session.execute(asked))
    return EventPage(found[:size], older=found[size - 1].id if len(found) > size else None)


def entry_of(event: Event, state: str | None, username: str | None) -> LogEntry:
    """Return what a list shows of an event."""
    origin = Origin(event.device, event.network)
    return LogEntry(event.id, event.at, event.kind, event.detail, origin, state or "", event.email_id, username or "")
