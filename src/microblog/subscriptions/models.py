"""The table of subscriptions."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base, Id
from microblog.identity import ACCOUNT_ID


class Subscription(Base):
    """The choices of a member. Who never chose has no row, and gets all of them."""

    __tablename__ = "subscriptions"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    followed: Mapped[bool] = mapped_column(default=True)
    mentioned: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[bool] = mapped_column(default=True)
