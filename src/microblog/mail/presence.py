"""Which workers live: each says so every few seconds, in a row of its own."""

import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.mail.outbox import WorkerSeen

ALIVE_FOR = timedelta(seconds=60)


def host_and_process() -> str:
    """Name this process so that an operator finds it."""
    return f"{socket.gethostname()[:200]}, process {os.getpid()}"


@dataclass
class Presence:
    """One worker's sign of life."""

    version: str
    name: str = field(default_factory=host_and_process)
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    def show(self, session: Session, trouble: str | None, now: datetime) -> None:
        """Say that this worker lives, and what keeps it from sending, if anything does."""
        row = session.get(WorkerSeen, self.id)
        if row is None:
            session.add(
                WorkerSeen(
                    id=self.id, name=self.name, version=self.version, started_at=now, seen_at=now, trouble=trouble
                )
            )
        else:
            row.seen_at, row.trouble = now, trouble

    def leave(self, session: Session) -> None:
        """Say goodbye: nobody need wonder where this worker is."""
        session.execute(delete(WorkerSeen).where(WorkerSeen.id == self.id))


def alive(session: Session, now: datetime) -> Sequence[WorkerSeen]:
    """Return the workers that have shown themselves within the last minute, the oldest first."""
    seen = select(WorkerSeen).where(WorkerSeen.seen_at > now - ALIVE_FOR)
    return session.scalars(seen.order_by(WorkerSeen.started_at)).all()
