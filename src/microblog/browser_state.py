"""Short-lived state of one browser, sealed with a key that only this browser's cookie leads to.

Two things are kept so: the answer to a form, for a second press of the same button (an idempotency key), and text whose
writer had to sign in again. Whoever reads the table learns nothing: its keys are keyed hashes, and what they lead to is
encrypted. A row belongs to no account and ends by itself.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import LargeBinary, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from microblog.db import Base, upsert
from microblog.retention import RetentionRule, delete_where

ANSWERS_KEPT_FOR = timedelta(minutes=1)
LONGEST_KEPT = timedelta(hours=1)  # a row that claims to last longer was written by a clock that was ahead
NONCE = 12  # octets


class BrowserState(Base):
    """One thing kept for one browser; `sealed` is empty while the request that will fill it is still running."""

    __tablename__ = "browser_state"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(32))
    """The request that has claimed the key."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)


@dataclass(frozen=True)
class Box:
    """A row's key, and the secret that opens what is in it. Both follow from what the browser sends."""

    key: str
    secret: bytes


def make_box(site_key: bytes, *held_by_browser: object) -> Box:
    """Derive a box from what the browser holds, of which at least one part must be random and kept nowhere else."""
    root = hmac.digest(site_key, repr(held_by_browser).encode("utf-8", "surrogatepass"), "sha256")
    return Box(hmac.digest(root, b"key", "sha256").hex(), hmac.digest(root, b"secret", "sha256"))


def claim(session: Session, box: Box, owner: str, now: datetime) -> bool:
    """Claim a key for the request `owner`; False where another has it. Of several at once one succeeds."""
    row = {"key": box.key, "owner": owner, "expires_at": now + ANSWERS_KEPT_FOR, "sealed": None}
    over = or_(BrowserState.expires_at <= now, BrowserState.expires_at > now + LONGEST_KEPT)
    return session.scalar(upsert(session, BrowserState, row, row, where=over).returning(BrowserState.key)) is not None


def take_over(session: Session, box: Box, stalled: str, owner: str, now: datetime) -> bool:
    """Claim a key whose owner never answered: its process has died. False where it has answered meanwhile."""
    dead = (BrowserState.key == box.key, BrowserState.owner == stalled, BrowserState.sealed.is_(None))
    claimed = update(BrowserState).where(*dead).values(owner=owner, expires_at=now + ANSWERS_KEPT_FOR)
    return session.scalar(claimed.returning(BrowserState.key)) is not None


def release(session: Session, box: Box, owner: str) -> None:
    """Give a claimed key back: nothing came of the request that is worth keeping."""
    session.execute(delete(BrowserState).where(BrowserState.key == box.key, BrowserState.owner == owner))


def keep_answer(session: Session, box: Box, owner: str, text: bytes) -> None:
    """Keep the answer of the request that has claimed the key."""
    mine = (BrowserState.key == box.key, BrowserState.owner == owner)
    session.execute(update(BrowserState).where(*mine).values(sealed=seal(box.secret, text)))


def keep_text(session: Session, box: Box, text: bytes, until: datetime) -> None:
    """Keep a text until a moment at most an hour away."""
    row = {"key": box.key, "owner": "", "expires_at": until, "sealed": seal(box.secret, text)}
    session.execute(upsert(session, BrowserState, row, row))


def find(session: Session, box: Box, now: datetime) -> BrowserState | None:
    """Return the row of a key, None where there is none or its time is over."""
    alive = (BrowserState.expires_at > now, BrowserState.expires_at <= now + LONGEST_KEPT)
    return session.scalar(select(BrowserState).where(BrowserState.key == box.key, *alive))


def seal(secret: bytes, text: bytes) -> bytes:
    """Encrypt and authenticate a text (ChaCha20-Poly1305, RFC 8439), with a new nonce in front."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + ChaCha20Poly1305(secret).encrypt(nonce, text, None)


def unseal(secret: bytes, sealed: bytes) -> bytes | None:
    """Return the text; None where the secret is another or anything was altered."""
    try:
        return ChaCha20Poly1305(secret).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except (InvalidTag, ValueError):
        return None


RETENTION: tuple[RetentionRule, ...] = (
    delete_where(BrowserState.key, lambda ages: BrowserState.expires_at <= ages.now),
)
