"""Failed sign-ins: the reason, recorded for owner and administrator, and how many since the last success."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from microblog.audit import Event, EventType, events
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
    own = select(Event).where(Event.account_id == account_id)
    success = own.where(Event.kind == EventType.SIGNED_IN).with_only_columns(func.max(Event.id)).scalar_subquery()
    refused = own.where(Event.kind == EventType.SIGN_IN_REFUSED, Event.id > func.coalesce(success, 0))
    last = refused.with_only_columns(Event.at, Event.device, Event.network).order_by(Event.id.desc())
    counted = last.limit(MOST_COUNTED).subquery()
    times, place = func.count(), (counted.c.device, counted.c.network)
    rows = session.execute(
        select(*place, times, func.min(counted.c.at)).group_by(*place).order_by(times.desc(), *place)
    ).all()
    return Failures(
        sum(row[2] for row in rows),
        min((row[3] for row in rows), default=None),
        tuple(Origin(device, network) for device, network, _, _ in rows),
    )
