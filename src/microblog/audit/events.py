"""Record security events of accounts, for their owners and administrators."""

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

UNLOGGED = "unlogged_events"  # of a session, until it commits


class EventType(StrEnum):
    """The type of an event. Their texts are in `words.events`."""

    SIGNED_UP = "signed_up"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    ACCOUNT_DEACTIVATED = "account_deactivated"
    ACCOUNT_REACTIVATED = "account_reactivated"
    SESSION_ENDED = "session_ended"
    RESET_REQUESTED = "reset_requested"
    RESET_LINK_OPENED = "reset_link_opened"
    RESET_LINK_REFUSED = "reset_link_refused"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an event
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    TAKEOVER_REPORTED = "takeover_reported"
    RECOVERY_LINK_MADE = "recovery_link_made"
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    EMAIL_CHANGED = "email_changed"
    EMAIL_RESTORED = "email_restored"
    BACKUP_EMAIL_REQUESTED = "backup_email_requested"
    BACKUP_EMAIL_ADDED = "backup_email_added"
    BACKUP_EMAIL_REMOVED = "backup_email_removed"
    USERNAME_CHANGED = "username_changed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODES_ENDED = "recovery_codes_ended"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODE_REFUSED = "recovery_code_refused"
    CONFIRMATION_REQUESTED = "confirmation_requested"
    DATA_DOWNLOADED = "data_downloaded"
    DELETION_REQUESTED = "deletion_requested"
    DELETION_CANCELLED = "deletion_cancelled"
    ACCOUNT_DELETED = "account_deleted"


BY_ANYBODY_KEPT_FOR = timedelta(days=90)  # a name is all it takes to cause them, so they must not fill the disk


def hash_identifier(secret: bytes, identifier_key: str) -> str:
    """Return the keyed hash that events are found by which belong to no account. `secret` is for events alone."""
    return hmac.digest(secret, identifier_key.encode(), "sha256").hex()[:43]


def record(
    session: Session,
    account_id: int | None,
    kind: EventType,
    now: datetime,
    *,
    origin: Origin = NOWHERE,
    detail: str = "",
    email_id: int | None = None,
    about: str = "",
) -> None:
    """Note an event, as part of the caller's transaction. It holds no secret, no address and nothing that was typed.

    `detail` is a code that says why or what, with a value behind a colon where it needs one (`others:3`); `letter_id`
    is the email that goes with it, whose outcome the outbox knows. Where no account can be named, `about` is the keyed
    hash of what was typed, to find it by.
    """
    happened = Event(
        account_id=account_id,
        kind=kind,
        at=now,
        device=origin.device,
        network=origin.network,
        detail=detail,
        email_id=email_id,
        about=about,
    )
    session.add(happened)
    log_after_commit(session, happened)


def is_by_anybody(until: datetime) -> ColumnElement[bool]:
    """Return the condition that an event is one that anybody can cause, from before a moment."""
    return and_(BY_ANYBODY, Event.at < until)


def log_after_commit(session: Session, happened: Event) -> None:
    """Have the log say it once it is so."""
    if UNLOGGED not in session.info:
        session.info[UNLOGGED] = []
        event.listen(session, "after_commit", write_lines)
    session.info[UNLOGGED].append((happened, line_of(happened)))  # now: once committed it may not be read any more


def write_lines(session: Session) -> None:
    """Write a line for each event that was committed; one that was undone is in the session no more."""
    if session.in_nested_transaction():
        return
    for happened, line in session.info[UNLOGGED]:
        if happened in session:
            log.info("security %s", line)
    session.info[UNLOGGED] = []


def line_of(happened: Event) -> str:
    """Return what the log says of an event: codes and values of ours, nothing that was typed."""
    return format_fields(
        event=happened.kind,
        account=happened.account_id,
        about=happened.about,
        detail=happened.detail,
        device=happened.device,
        network=happened.network,
        letter=happened.email_id,
    )
