"""The table of registration: unfinished sign-ups."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base, Id


class SignUp(Base):
    """Somebody who typed an address that may or may not be theirs. It reserves nothing and tells nobody anything."""

    __tablename__ = "sign_ups"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    username: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
