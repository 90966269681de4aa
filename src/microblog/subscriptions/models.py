"""The tables of this room: which letters a member wants, and when the next weekly one is due."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base, Id
from microblog.identity import ACCOUNT_ID


class Subscription(Base):
    """Which letters a member chose. Whoever never chose has no row, and gets them all."""

    __tablename__ = "subscriptions"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    followed: Mapped[bool] = mapped_column(default=True)
    mentioned: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[bool] = mapped_column(default=True)


class Digest(Base):
    """When a member's next weekly letter is due. The worker makes these rows by itself."""

    __tablename__ = "digests"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[datetime] = mapped_column(index=True)
