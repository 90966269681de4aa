"""What happened to an account, in the order it happened: for its owner and the operator to look back on."""

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, event, select
from sqlalchemy.orm import Session

from microblog.accounts.models import Event
from microblog.accounts.origin import Origin
from microblog.log import in_fields
from microblog.mail import Letter

log = logging.getLogger(__name__)

UNTOLD = "events the log has no line of"  # of a session, until it commits


class Happened(StrEnum):
    """The kinds of event."""

    SIGNED_UP = "signed up"
    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    DEACTIVATED = "account deactivated"
    REACTIVATED = "account reactivated"
    LOGIN_ENDED = "login ended"
    RESET_ASKED = "reset asked"
    RESET_OPENED = "reset link opened"
    RESET_REFUSED = "reset refused"
    PASSWORD_RESET = "password reset"  # noqa: S105 - the name of an event
    PASSWORD_CHANGED = "password changed"  # noqa: S105
    NOT_ME = "owner said it was somebody else"
    RECOVERED_BY_OPERATOR = "recovery begun by the operator"
    ADDRESS_CHANGE_ASKED = "address change asked"
    ADDRESS_CHANGED = "address changed"
    ADDRESS_TAKEN_BACK = "address taken back"
    SECOND_ADDRESS_ASKED = "second address asked"
    SECOND_ADDRESS_ADDED = "second address added"
    SECOND_ADDRESS_REMOVED = "second address removed"
    USERNAME_CHANGED = "username changed"
    CODES_MADE = "recovery codes made"
    CODE_USED = "recovery code used"
    CODE_REFUSED = "recovery code refused"
    CONFIRMATION_ASKED = "confirmation asked"
    EXPORTED = "data downloaded"
    DELETED = "account deleted"


NOWHERE = Origin()


def about(secret: bytes, identifier_key: str) -> str:
    """Return the keyed hash that events are found by which belong to no account. `secret` is for events alone."""
    return hmac.digest(secret, identifier_key.encode(), "sha256").hex()[:43]


def record(
    session: Session,
    account_id: int | None,
    kind: Happened,
    now: datetime,
    *,
    origin: Origin = NOWHERE,
    detail: str = "",
    letter_id: int | None = None,
    about: str = "",
) -> None:
    """Note an event, as part of the caller's transaction. It holds no secret, no address and nothing that was typed.

    `detail` says why or what in a few words of ours; `letter_id` is the letter that goes with it, whose outcome the
    outbox knows. Where no account can be named, `about` is the keyed hash of what was typed, to find it by.
    """
    happened = Event(
        account_id=account_id,
        kind=kind,
        at=now,
        device=origin.device,
        network=origin.network,
        detail=detail,
        letter_id=letter_id,
        about=about,
    )
    session.add(happened)
    tell_log(session, happened)


def tell_log(session: Session, happened: Event) -> None:
    """Have the log say it once it is so."""
    if UNTOLD not in session.info:
        session.info[UNTOLD] = []
        event.listen(session, "after_commit", write_lines)
    session.info[UNTOLD].append((happened, line_of(happened)))  # now: once committed it may not be read any more


def write_lines(session: Session) -> None:
    """Write a line for each event that was committed; one that was undone is in the session no more."""
    if session.in_nested_transaction():
        return
    for happened, line in session.info[UNTOLD]:
        if happened in session:
            log.info("security %s", line)
    session.info[UNTOLD] = []


def line_of(happened: Event) -> str:
    """Return what the log says of an event: all of it is ours, nothing was typed."""
    return in_fields(
        event=happened.kind,
        account=happened.account_id,
        about=happened.about,
        detail=happened.detail,
        device=happened.device,
        network=happened.network,
        letter=happened.letter_id,
    )


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


def of_account(session: Session, account_id: int, *, before: int | None = None, limit: int = 50) -> EventPage:
    """Return a page of what happened to an account: the newest, or those before a position."""
    return page_of(session, Event.account_id == account_id, before, limit)


def of_hash(session: Session, about: str, *, before: int | None = None, limit: int = 50) -> EventPage:
    """Return the same of what was typed and belonged to no account, by its keyed hash."""
    return page_of(session, and_(Event.account_id.is_(None), Event.about == about, Event.about != ""), before, limit)


def page_of(session: Session, theirs: ColumnElement[bool], before: int | None, limit: int) -> EventPage:
    """Return a page of some events, each with what became of its letter."""
    asked = select(Event, Letter.state, Letter.reason, Letter.ended_at)
    asked = asked.outerjoin(Letter, Letter.id == Event.letter_id).where(theirs)
    if before is not None:
        asked = asked.where(Event.id < before)
    rows = session.execute(asked.order_by(Event.id.desc()).limit(limit + 1)).all()
    events = tuple(past(*row) for row in rows[:limit])
    return EventPage(events, events[-1].position if len(rows) > limit else None)


def past(event: Event, state: str | None, reason: str | None, ended_at: datetime | None) -> PastEvent:
    """Make what is shown of what is kept."""
    letter = LetterOutcome(event.letter_id, state, reason or "", ended_at) if event.letter_id and state else None
    origin = Origin(event.device, event.network)
    return PastEvent(event.id, event.kind, event.at, origin, event.detail, letter)
