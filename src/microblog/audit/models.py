"""The table of audit: events of accounts."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base, Id
from microblog.identity import ACCOUNT_ID

ABOUT_SOMEBODY = text("about <> ''")


BY_ANYBODY = text("kind IN ('sign_in_refused', 'reset_requested', 'recovery_code_refused')")
"""Events of an account that need nothing but its name to cause; as an index has it, word for word."""


class Event(Base):
    """Something that happened to an account, for its owner and the operator to look back on. Holds no secret."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_account_id", "account_id", "id"),
        Index("ix_events_account_id_kind", "account_id", "kind", "id"),
        Index("ix_events_by_anybody_at", "at", sqlite_where=BY_ANYBODY, postgresql_where=BY_ANYBODY),
        Index("ix_events_about", "about", sqlite_where=ABOUT_SOMEBODY, postgresql_where=ABOUT_SOMEBODY),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)
    device: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(50), default="")
    """Roughly where it came from, see `origin`."""
    detail: Mapped[str] = mapped_column(String(100), default="")
    email_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The email that goes with it; its outcome is in the outbox."""
    about: Mapped[str] = mapped_column(String(43), default="")
    """Where no account can be named: a keyed hash of what was typed."""
