"""Figures of the outbox and the workers, all of one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from microblog.clock import Clock
from microblog.db import Database
from microblog.mail.admin import oldest_open, open_now
from microblog.mail.counts import Count, totals
from microblog.mail.heartbeat import live_workers


@dataclass(frozen=True)
class Figures:
    """Figures for monitoring."""

    ended: Sequence[Count]
    open: Mapping[str, int]
    """The number of open emails, by state."""
    oldest_seconds: float
    """For how long the oldest of them has been; 0 when there is none."""
    workers: int
    workers_in_trouble: int
    """Those of the workers whose mail server cannot be used."""


def figures(database: Database, clock: Clock) -> Figures:
    """Read the figures, at the same small cost however many emails there have been."""
    with database.reading() as session:
        now, oldest, workers = clock(), oldest_open(session), live_workers(session, clock())
        age = seconds_between(oldest.queued_at, now) if oldest else 0.0
        in_trouble = sum(worker.trouble is not None for worker in workers)
        return Figures(totals(session), open_now(session), age, len(workers), in_trouble)


def seconds_between(earlier: datetime, later: datetime) -> float:
    """Return the seconds from one moment to another; none where clocks that differ put them the other way round."""
    return max(0.0, (later - earlier).total_seconds())
