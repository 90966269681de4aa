"""The tables of profiles: what members say about themselves, when they were last here, and their pictures."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base

ACCOUNT_ID = "accounts.id"


class Profile(Base):
    """A member's description and last visit. A member without a row has neither."""

    __tablename__ = "profiles"

    account_id: Mapped[int] = mapped_column(
        ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    about_me: Mapped[str] = mapped_column(Text, default="")
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    """To within some minutes."""


class Avatar(Base):
    """A picture a member uploaded, as we made it anew. Who has no row has an identicon."""

    __tablename__ = "avatars"

    account_id: Mapped[int] = mapped_column(
        ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
