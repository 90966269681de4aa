"""The tables of follows: who follows whom, and how many that makes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base, Id

ACCOUNT_ID = "accounts.id"


class Follow(Base):
    """Somebody follows somebody. The number is the position in both their lists."""

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("follower_id", "followed_id"),
        Index("ix_follows_follower_id", "follower_id", "id"),
        Index("ix_follows_followed_id", "followed_id", "id"),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    follower_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"))
    followed_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"))
    since: Mapped[datetime]


class FollowCount(Base):
    """The numbers of followers and followed members. A member without a row has none of either."""

    __tablename__ = "follow_counts"

    account_id: Mapped[int] = mapped_column(
        ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    followers: Mapped[int]
    following: Mapped[int]
