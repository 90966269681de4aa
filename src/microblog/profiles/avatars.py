"""Avatars: the one a member uploaded, or an identicon."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from microblog.db import upsert
from microblog.identity import Account, holder_of, is_visible, key_in
from microblog.profiles import identicon
from microblog.profiles.models import Avatar
from microblog.profiles.pictures import MEDIA_TYPE

OF_NAME = (
    select(Account.id, Avatar.content, Avatar.media_type, Avatar.digest)
    .outerjoin(Avatar, Avatar.account_id == Account.id)
    .where(Account.id == holder_of(bindparam("key")), is_visible(Account))
)


@dataclass(frozen=True)
class Picture:
    """A picture to be shown. Its digest changes whenever its content does."""

    content: bytes = field(repr=False)
    media_type: str
    digest: str


def avatar_of(session: Session, username: str) -> Picture | None:
    """Return the picture of whoever has this username, or had it before; None where nobody did."""
    key = key_in(username)
    found = session.execute(OF_NAME, {"key": key}).one_or_none() if key else None
    if found is None:
        return None
    if found.content is None:
        return identicon_of(found.id)
    return Picture(found.content, found.media_type, found.digest)


def identicon_of(account_id: int) -> Picture:
    """Return the identicon of an account."""
    content = identicon.draw(account_id)
    return Picture(content, identicon.MEDIA_TYPE, digest_of(content))


def keep_avatar(session: Session, account_id: int, content: bytes, now: datetime) -> None:
    """Show this picture, which `make_avatar` made, in place of any other."""
    picture = {"content": content, "media_type": MEDIA_TYPE, "digest": digest_of(content), "changed_at": now}
    session.execute(upsert(session, Avatar, {"account_id": account_id, **picture}, picture))


def remove_avatar(session: Session, account_id: int) -> bool:
    """Show the identicon again. Returns False if it was shown already."""
    these = delete(Avatar).where(Avatar.account_id == account_id).returning(Avatar.account_id)
    return session.scalar(these, execution_options={"synchronize_session": False}) is not None


def digest_of(content: bytes) -> str:
    """Return a short name for a content."""
    return hashlib.sha256(content).hexdigest()[:32]
