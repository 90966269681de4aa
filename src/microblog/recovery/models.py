"""The table of this room: passwords that were set, for as long as somebody may say that it was not them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.accounts import ACCOUNT_ID, Id
from microblog.db import NEVER_TWICE, Base


class PasswordChange(Base):
    """A password that was set, and by which addresses the account's owner could be reached then."""

    __tablename__ = "password_changes"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    email: Mapped[str] = mapped_column(String(320))
    second_email: Mapped[str] = mapped_column(String(320), default="")
    """Empty where there was none."""
    disowned_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody first said, by the link of its letter, that it was not them."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    """When that link died before its time: the owner came back by it, or by that of an earlier change."""
