"""Owners of usernames, current and former. A former owner keeps a username from all others."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from microblog.identity.models import Account, FormerUsername, KeptUsername
from microblog.identity.reserved import is_reserved
from microblog.identity.usernames import username_key

NAME_KEPT_FOR = timedelta(days=30)  # whoever took the name the next day would be taken for them


def username_taken(session: Session, username: str, but_by: int | None = None) -> bool:
    """Tell whether a member has this username, had it before, or left with it lately; one member may be left out.

    So is one that speaks for the site, to all but who has or had it. Asked in one statement: between two of them a
    username could become a former one, and seem free.
    """
    key = username_key(username)
    if is_reserved(username):
        return but_by is None or session.scalar(select(holder_of(literal(key)))) != but_by
    has = select(Account.id).where(Account.username_key == key, Account.id.is_distinct_from(but_by))
    had = FormerUsername.username_key == key, FormerUsername.account_id.is_distinct_from(but_by)
    kept = select(KeptUsername.username_key).where(KeptUsername.username_key == key)
    taken = or_(has.exists(), select(FormerUsername.account_id).where(*had).exists(), kept.exists())
    return bool(session.scalar(select(taken)))


def holder_of(key: SQLColumnExpression[Any]) -> ScalarSelect[int]:
    """Select the number of the account that has a username, or else of the one that had it before."""
    has = select(Account.id.label("account_id"), literal(0).label("rank")).where(Account.username_key == key)
    had = select(FormerUsername.account_id, literal(1)).where(FormerUsername.username_key == key)
    both = has.union_all(had).subquery()
    return select(both.c.account_id).order_by(both.c.rank).limit(1).scalar_subquery()


def holders(keys: BindParameter[Any]) -> CompoundSelect[str, int]:
    """Select the usernames among these that somebody has or had, each with the number of the account."""
    has = select(Account.username_key, Account.id.label("account_id")).where(Account.username_key.in_(keys))
    had = select(FormerUsername.username_key, FormerUsername.account_id).where(FormerUsername.username_key.in_(keys))
    return has.union_all(had)


def former_usernames(account_id: int) -> Select[str, datetime]:
    """Select the usernames a member had before, and until when, the last one first."""
    theirs = select(FormerUsername.username, FormerUsername.changed_at).where(FormerUsername.account_id == account_id)
    return theirs.order_by(FormerUsername.changed_at.desc())
