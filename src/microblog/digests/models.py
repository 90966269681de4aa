"""The table of digests: when each member's next one is due."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base, Id
from microblog.identity import ACCOUNT_ID


class Digest(Base):
    """The time when a member's next digest is due. The worker inserts these rows."""

    __tablename__ = "digests"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[datetime] = mapped_column(index=True)
