"""A summary of the outbox. Each query uses a partial index, however many emails have ended."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from microblog.mail.counts import totals
from microblog.mail.heartbeat import is_alive, live_workers, obstacle
from microblog.mail.held import count_held
from microblog.mail.outbox import KEPT, OPEN, Email, State, WorkerSeen
from microblog.redaction import redact_line

MOST_WORKERS = 50


@dataclass(frozen=True)
class Oldest:
    """The email that has been on its way for longest."""

    id: int
    queued_at: datetime


@dataclass(frozen=True)
class WorkerLife:
    """One worker. `trouble` is what the mail server last said while it cannot be used, empty when it can."""

    name: str
    version: str
    started_at: datetime
    seen_at: datetime
    trouble: str
    alive: bool


def open_now(session: Session) -> Mapping[str, int]:
    """Count the emails that have not ended, by state: on their way, or held after a restore."""
    found = count_by_state(session, select(Email.state, func.count()).where(OPEN).group_by(Email.state))
    if held := count_held(session):
        found[State.HELD] = held
    return found


def ended_since(session: Session, since: datetime) -> Mapping[str, int]:
    """Count the emails that ended since then, by state: those of which more than the outcome is still kept."""
    recent = (KEPT, Email.ended_at > since)
    return count_by_state(session, select(Email.state, func.count()).where(*recent).group_by(Email.state))


def ended_ever(session: Session) -> Mapping[str, int]:
    """Count the emails that ever ended, by state: from the counts that are kept, and what is not among them yet."""
    ever = Counter[str]()
    for count in totals(session):
        ever[count.state] += count.emails
    return ever


def count_by_state(session: Session, asked: Select[str, int]) -> Counter[str]:
    """Run a question that counts by state."""
    return Counter({state: int(number) for state, number in session.execute(asked)})


def oldest_open(session: Session) -> Oldest | None:
    """Return the email that has been on its way for longest, None when none is."""
    asked = select(Email.id, Email.queued_at).where(OPEN).order_by(Email.queued_at).limit(1)
    found = session.execute(asked).first()
    return Oldest(found.id, found.queued_at) if found else None


def what_stops_delivery(session: Session, now: datetime) -> str:
    """Say why no email can leave now, whichever it is; nothing where one can."""
    living = live_workers(session, now)
    if not living:
        return "No worker is running, so no email leaves."
    trouble = obstacle(living)
    return f"The mail server cannot be used. It said: “{redact_line(trouble.words)}”." if trouble else ""


def workers(session: Session, now: datetime) -> tuple[WorkerLife, ...]:
    """Return the workers, those seen last first. One that stopped properly is not among them."""
    seen = session.scalars(select(WorkerSeen).order_by(WorkerSeen.seen_at.desc()).limit(MOST_WORKERS))
    return tuple(
        WorkerLife(
            redact_line(one.name),
            one.version,
            one.started_at,
            one.seen_at,
            redact_line(one.trouble or ""),
            is_alive(one.seen_at, now),
        )
        for one in seen
    )
