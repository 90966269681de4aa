"""Retry, drop or release an email. Where a worker takes it at the same time, one statement decides."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from microblog.mail import counts
from microblog.mail.admin.queries import EmailEntry, entry, last_try
from microblog.mail.outbox import Email, State, Try, notify_workers
from microblog.mail.superseding import yield_to_newer

BY_OPERATOR = "dropped by the operator"
CHANGED = "A worker changed this email just now, so nothing was done. Please look at it again."
NO_RETRY: dict[str, str] = {
    State.SENT: "This email was sent. Sending it again would reach its reader twice.",
    State.SENDING: "A worker is sending this email now. Please look again in a minute.",
}
NOT_HELD = "This email is not held, so there is nothing to release."
FORGOTTEN = "What this email is written from was deleted when its time was over, so it cannot be sent any more."
ENDED = "This email has ended already, so there is nothing to drop."


class ActionRefused(Exception):  # noqa: N818 - a refusal in the operator's words
    """The action is impossible for this email; the message says why."""


class NoSuchEmail(ActionRefused):
    """No email has this number."""

    def __init__(self) -> None:
        super().__init__("There is no email with that number.")


def retry(session: Session, number: int, now: datetime) -> str:
    """Make an email due now, and return what was done in words. One that had ended is posted anew, for as long as then.

    An email held after a restore is released by it.

    Raises:
        NoSuchEmail: there is none with that number.
        Refused: it was sent, is being sent, or can no longer be written.
    """
    found = email_or_refuse(session, number)
    if refusal := why_no_retry(found):
        raise ActionRefused(refusal)
    counts.count_now(session, number)  # how it ended stays in the figures
    key = session.scalar(select(Email.key).where(Email.id == number))
    superseded = key is not None and yield_to_newer(session, number, key)
    due = {"lease": None, "due_at": now, "due_set_at": now, "superseded": superseded}
    update_as_found(session, found, state=State.WAITING, **due, **(posted_anew(found, now)))
    session.add_all(Try(email_id=number, **asdict(one)) for one in last_try(found))
    notify_workers(session)
    return "This email is due now. A worker takes it as soon as the mail server can be used."


def release(session: Session, number: int, now: datetime) -> str:
    """Make an email due now that is held after a restore, and return what was done in words.

    Raises:
        NoSuchEmail: there is none with that number.
        Refused: it is not held.
    """
    if email_or_refuse(session, number).state != State.HELD:
        raise ActionRefused(NOT_HELD)
    return retry(session, number, now)


def drop(session: Session, number: int, now: datetime) -> str:
    """End an email that has not left, and return what was done in words. A worker may be sending it at this moment.

    Raises:
        NoSuchEmail: there is none with that number.
        Refused: it has ended.
    """
    found = email_or_refuse(session, number)
    if found.ended_at is not None:
        raise ActionRefused(ENDED)
    update_as_found(
        session, found, state=State.DROPPED, lease=None, reply=BY_OPERATOR, reason=BY_OPERATOR, ended_at=now
    )
    if found.state == State.SENDING:
        counts.count_now(session, number)  # it may become a sent one
        return (
            "This email is dropped, but a worker had it in hand. If it leaves all the same, it will be shown as sent."
        )
    return "This email is dropped. It will not be sent."


def why_no_retry(found: EmailEntry) -> str:
    """Say why an email cannot be tried again, empty when it can."""
    return NO_RETRY.get(found.state, "") or ("" if found.to else FORGOTTEN)


def posted_anew(found: EmailEntry, now: datetime) -> dict[str, object]:
    """Return what changes in an email that had ended, so that it has as long as it had at first."""
    if found.ended_at is None:
        return {}
    expires_at = now + (found.expires_at - found.queued_at)
    ended = {"ended_at": None, "reason": "", "reply": None, "counted": False}
    return {"queued_at": now, "expires_at": expires_at, **ended}


def email_or_refuse(session: Session, number: int) -> EmailEntry:
    """Return an email by its number."""
    found = entry(session, number)
    if found is None:
        raise NoSuchEmail
    return found


def update_as_found(session: Session, found: EmailEntry, **values: object) -> None:
    """Change an email if it is still in the state it was found in."""
    as_found = (
        Email.id == found.id,
        Email.state == found.state,
        Email.ended_at.is_not_distinct_from(found.ended_at),
    )
    done = session.execute(update(Email).where(*as_found).values(values))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise ActionRefused(CHANGED)
