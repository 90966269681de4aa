"""The tables of this room: accounts, sign-ups that are not finished, logins, and what happened to an account."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base
from microblog.identity import ACCOUNT_ID, Id


class Confirmation(Base):
    """Something a member wants that a letter has to confirm, because the account was recovered just now."""

    __tablename__ = "confirmations"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    wanted: Mapped[str] = mapped_column(String(320))
    """What the action needs to know, such as a new address; empty for most."""
    nonce: Mapped[str] = mapped_column(String(32))
    """No secret: the link is bound to it, so that a later row with the same number is another."""
    asked_at: Mapped[datetime] = mapped_column(index=True)


class Login(Base):
    """One browser that is signed in. Only a hash of its secret is kept (SHA-256 of 256 random bits)."""

    __tablename__ = "logins"
    __table_args__ = NEVER_TWICE

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    remembered: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    """When it was last used, to within some minutes."""
    device: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(50), default="")
