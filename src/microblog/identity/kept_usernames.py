"""Usernames that stay out of reach of others: those a member had before, and for a while those of deleted accounts."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from microblog.identity.errors import TooManyUsernames
from microblog.identity.models import Account, FormerUsername, KeptUsername
from microblog.identity.username_owners import NAME_KEPT_FOR

MOST_FORMER = 10  # usernames one member can keep from all others, besides the present one


def keep_former_username(session: Session, account: Account, chosen_key: str, now: datetime) -> None:
    """Store the present username as a former one, and the chosen one as a former one no longer.

    Raises:
        TooManyUsernames: the member has had as many as one can.
    """
    theirs = FormerUsername.account_id == account.id
    session.execute(delete(FormerUsername).where(theirs, FormerUsername.username_key == chosen_key))
    kept = session.scalar(select(func.count()).select_from(FormerUsername).where(theirs)) or 0
    if kept >= MOST_FORMER:
        raise TooManyUsernames(most=MOST_FORMER)
    former = FormerUsername(
        username_key=account.username_key, username=account.username, account_id=account.id, changed_at=now
    )
    session.add(former)
    session.flush()


def username_keys(session: Session, account: Account) -> list[str]:
    """Return the keys of all usernames, present and former, of an account that the caller has locked."""
    had = select(FormerUsername.username_key).where(FormerUsername.account_id == account.id)
    return [account.username_key, *session.scalars(had)]


def keep_usernames(session: Session, keys: Iterable[str], now: datetime) -> None:
    """Keep the usernames of an account that was deleted from others for a while."""
    session.add_all(KeptUsername(username_key=key, free_at=now + NAME_KEPT_FOR) for key in keys)
