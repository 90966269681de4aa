"""The table of error reports."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base


class ErrorReport(Base):
    """One error, by what it is rather than by when: how often it happened, and when the admins were last told."""

    __tablename__ = "error_reports"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Its title and a hash of where it was raised: see `faults.key_of`."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    told_at: Mapped[datetime]
    """1970 until they were told for the first time."""
    times: Mapped[int]
    untold: Mapped[int]
    """How often it happened since the admins were told."""
