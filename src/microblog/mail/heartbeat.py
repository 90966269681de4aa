"""Heartbeats of the workers: each updates a row of its own every few seconds."""

import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.mail.circuit_breaker import Trouble
from microblog.mail.outbox import WorkerSeen

ALIVE_FOR = timedelta(seconds=60)


def host_and_process() -> str:
    """Name this process so that an operator finds it."""
    return f"{socket.gethostname()[:200]}, process {os.getpid()}"


@dataclass
class Heartbeat:
    """One worker's heartbeat."""

    version: str
    name: str = field(default_factory=host_and_process)
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    def beat(self, session: Session, trouble: Trouble | None, now: datetime) -> None:
        """Say that this worker lives, and what keeps it from sending, if anything does."""
        row = session.get(WorkerSeen, self.id)
        if row is None:
            row = WorkerSeen(id=self.id, name=self.name, version=self.version, started_at=now, seen_at=now)
            session.add(row)
        row.seen_at, row.trouble = now, trouble.words if trouble else None
        row.trouble_seconds = trouble.seconds if trouble else 0.0

    def leave(self, session: Session) -> None:
        """Say goodbye: nobody need wonder where this worker is."""
        session.execute(delete(WorkerSeen).where(WorkerSeen.id == self.id))


def live_workers(session: Session, now: datetime) -> Sequence[WorkerSeen]:
    """Return the workers with a heartbeat within the last minute, the oldest first."""
    seen = select(WorkerSeen).where(WorkerSeen.seen_at > now - ALIVE_FOR, WorkerSeen.seen_at < now + ALIVE_FOR)
    return session.scalars(seen.order_by(WorkerSeen.started_at)).all()


def is_alive(seen_at: datetime, now: datetime) -> bool:
    """Tell the same of one. A moment that has not come yet was written by a clock that was ahead, and says nothing."""
    return abs(now - seen_at) < ALIVE_FOR


def obstacle(workers: Sequence[WorkerSeen], patience: timedelta = timedelta()) -> Trouble | None:
    """Return what has kept all of these workers from delivering for so long; None where one of them can."""
    troubles = [Trouble(worker.trouble, worker.trouble_seconds) for worker in workers if worker.trouble]
    if not workers or len(troubles) < len(workers):
        return None
    shortest = min(troubles, key=lambda trouble: trouble.seconds)
    return shortest if shortest.seconds >= patience.total_seconds() else None
