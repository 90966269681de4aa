"""The tables of auth: sessions, and confirmations of sensitive actions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import NEVER_TWICE, Base, Id
from microblog.identity import ACCOUNT_ID


class Confirmation(Base):
    """A sensitive action that an email has to confirm, because the account was recovered just now."""

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


class SignInSession(Base):
    """A session: one browser that is signed in. Only a hash of its secret is kept (SHA-256 of 256 random bits)."""

    __tablename__ = "sessions"
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
