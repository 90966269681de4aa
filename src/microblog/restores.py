"""Restores of this database from a backup, and the generation of keys that each began.

Session cookies and emailed links are signed with keys that depend on the generation (`Settings.keys`). A restore begins
a new one, so everything signed before it is dead, whatever kind of link is added later.
"""

import secrets
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from microblog.db import NEVER_TWICE, Base, Database, Id


class Restore(Base):
    """A restore from a backup."""

    __tablename__ = "restores"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    restored_at: Mapped[datetime]
    backup_made_at: Mapped[datetime]
    generation: Mapped[str] = mapped_column(String(32))
    """Random, so that it is not that of a restore that an older backup knows nothing of."""


def record_restore(session: Session, backup_made_at: datetime, now: datetime) -> None:
    """Record a restore, and begin a generation of keys."""
    session.add(Restore(restored_at=now, backup_made_at=backup_made_at, generation=secrets.token_hex(16)))


def current_generation(database: Database) -> str:
    """Return the generation of keys that this database is in; empty where it was never restored."""
    newest = select(Restore.generation).order_by(Restore.id.desc()).limit(1)
    with database.reading() as session:
        return session.scalar(newest) or ""
