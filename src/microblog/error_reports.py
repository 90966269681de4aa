"""Errors of our own reach the admins by letter, equal ones gathered."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base


class ErrorReport(Base):
    """One error, by what it is rather than by when: how often it happened, and when the admins were last told."""

    __tablename__ = "error_reports"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    told_at: Mapped[datetime]
    times: Mapped[int]
    untold: Mapped[int]
    """How often it happened since the admins were told."""
