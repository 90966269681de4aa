"""The dialect of the database: the only place that asks SQLAlchemy for it."""

from typing import Literal

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

DialectName = Literal["postgresql", "sqlite"]


def dialect_name(bind: Session | Connection | Engine) -> DialectName:
    """Return the name of the database behind a session, connection or engine."""
    found = bind.get_bind() if isinstance(bind, Session) else bind
    return "postgresql" if found.dialect.name == "postgresql" else "sqlite"
