"""Failed sign-ins: the reason, recorded for owner and administrator, and how many since the last success."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from microblog.audit import EventType, events, occurrences_since
from microblog.auth.passwords import is_locked, verify_password
from microblog.identity import Account
from microblog.origin import Origin

MOST_COUNTED = 1000
LOCK = (  # one statement for both: the account itself, and where there is none, from 0 on, the first
    select(Account.id)
    .where(Account.id >= bindparam("number"))
    .order_by(Account.id)
    .limit(1)
    .with_for_update(key_share=True, read=True, skip_locked=True)
)


class FailureReason(StrEnum):
    """Why a sign-in was refused. The person is told the same in every case but the last."""

    NO_SUCH_NAME = "no_such_name"
    DEACTIVATED = "account_deactivated"
    LOCKED = "password_locked"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - says what is wrong with it
    TOO_OFTEN = "too_many_tries"


@dataclass(frozen=True)
class Failures:
    """Refused sign-ins: how many (at most a thousand are counted), since when, from where, most frequent first."""

    times: int
    since: datetime | None
    places: tuple[Origin, ...]


def verify_credentials(account: Account | None, password: str) -> FailureReason | None:
    """Verify a password, in the same time whatever the outcome; return why it opens nothing, None where it does."""
    right = verify_password(account.password_hash if account else None, password)
    if account is None:
        return FailureReason.NO_SUCH_NAME
    if account.deactivated_at:
        return FailureReason.DEACTIVATED
    if is_locked(account.password_hash):
        return FailureReason.LOCKED
    return None if right else FailureReason.WRONG_PASSWORD


def record_failed_sign_in(
    session: Session, account: Account | None, why: FailureReason, now: datetime, *, origin: Origin, about: str
) -> None:
    """Record a failed sign-in, of an account or of nobody's: one row either way, and an account locked for it.

    PostgreSQL locks the account a new row belongs to, for a moment. That took long enough to be measured from outside
    (`benchmarks/timing.py`), so here it is locked before; and where there is none, any other is.
    """
    account_id = account.id if account else None
    session.scalar(LOCK, {"number": account_id or 0})
    kind = EventType.SIGN_IN_REFUSED
    events.record(session, account_id, kind, now, origin=origin, detail=why, about="" if account else about)


def failures_since_success(session: Session, account_id: int) -> Failures:
    """Return what was refused for an account since somebody last signed in to it."""
    kind, last = EventType.SIGN_IN_REFUSED, EventType.SIGNED_IN
    found = occurrences_since(session, account_id, kind, last, MOST_COUNTED)
    return Failures(
        sum(one.times for one in found),
        min((one.since for one in found), default=None),
        tuple(one.origin for one in found),
    )
