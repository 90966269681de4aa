"""The tables of this room: accounts, sign-ups that are not finished, logins, and what happened to an account."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from microblog.db import Base

Id = BigInteger().with_variant(Integer, "sqlite")
ACCOUNT_ID = "accounts.id"


class Account(Base):
    """A member. The address is confirmed, for without that there is no account."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    username: Mapped[str] = mapped_column(String(64))
    username_key: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None] = mapped_column(default=None)


class SignUp(Base):
    """Somebody who typed an address that may or may not be theirs. It reserves nothing and tells nobody anything."""

    __tablename__ = "sign_ups"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    username: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Login(Base):
    """One browser that is signed in. Only a hash of its secret is kept (SHA-256 of 256 random bits)."""

    __tablename__ = "logins"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    remembered: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Event(Base):
    """Something that happened to an account, for its owner and the operator to look back on. Holds no secret."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
