"""What happened to an account, in the order it happened: for its owner and the operator to look back on."""

import hmac
import logging
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, event
from sqlalchemy.orm import Session

from microblog.audit.models import BY_ANYBODY, Event
from microblog.log import format_fields
from microblog.origin import NOWHERE, Origin

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
    CODES_ENDED = "recovery codes ended"
    CODE_USED = "recovery code used"
    CODE_REFUSED = "recovery code refused"
    CONFIRMATION_ASKED = "confirmation asked"
    EXPORTED = "data downloaded"
    DELETION_ASKED = "account deletion asked"
    DELETION_CANCELLED = "account deletion cancelled"
    DELETED = "account deleted"


BY_ANYBODY_KEPT_FOR = timedelta(days=90)  # a name is all it takes to cause them, so they must not fill the disk


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


def is_by_anybody(until: datetime) -> ColumnElement[bool]:
    """Return the condition that an event is one that anybody can cause, from before a moment."""
    return and_(BY_ANYBODY, Event.at < until)


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
    return format_fields(
        event=happened.kind,
        account=happened.account_id,
        about=happened.about,
        detail=happened.detail,
        device=happened.device,
        network=happened.network,
        letter=happened.letter_id,
    )
