"""Recoveries as they are kept: what the owner came back by, and when the additions since were reviewed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from microblog.ownership.models import Recovery
from microblog.ownership.seniority import Means


@dataclass(frozen=True)
class Proof:
    """A proof of ownership: its means, and since when the account has had it.

    `email_key` is the address that proved it, if one did; `change_id` the change that is reported as somebody else's.
    """

    means: Means
    since: datetime
    email_key: str = ""
    change_id: int | None = None


def record_recovery(session: Session, account_id: int, proof: Proof, now: datetime) -> int:
    """Keep what the owner came back by, and return its number: reports made later by lesser proofs are void."""
    recovery = Recovery(
        account_id=account_id,
        at=now,
        means=proof.means,
        since=proof.since,
        email_key=proof.email_key,
        change_id=proof.change_id,
    )
    session.add(recovery)
    session.flush()
    return recovery.id


def record_review(session: Session, recovery_id: int, now: datetime) -> None:
    """Record that the member has looked through what was added before a recovery."""
    done = update(Recovery).where(Recovery.id == recovery_id).values(reviewed_at=now)
    session.execute(done)
