"""Changing one's profile, and noting that a member was here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from microblog.db import Utc, upsert
from microblog.identity import Account, check_username
from microblog.origin import NOWHERE, Origin
from microblog.profiles.about import tidy_about
from microblog.profiles.change_username import change_username
from microblog.profiles.models import Profile

SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Changed:
    """What a change came to."""

    username: str
    renamed: bool


def change_profile(
    session: Session, account_id: int, *, username: str, about_me: str, now: datetime, origin: Origin = NOWHERE
) -> Changed:
    """Give a member this username and these words: both, or neither where one of them is refused.

    Raises:
        BadUsername: it cannot be one.
        UsernameTaken: somebody else has it, or had it before.
        TooManyUsernames: the member has had as many as one can.
        AboutRefused: the message says why.
    """
    chosen, about = check_username(username), tidy_about(about_me)
    account = session.scalars(
        select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    renamed = change_username(session, account, chosen, now, origin)
    session.execute(upsert(session, Profile, {"account_id": account_id, "about_me": about}, {"about_me": about}))
    return Changed(chosen, renamed)


def note_seen(session: Session, account_id: int, now: datetime) -> None:
    """Note that a member is here; no write where that was noted within the last five minutes."""
    columns = Account.id.label("account_id"), literal("").label("about_me"), literal(now, Utc).label("seen_at")
    here = select(*columns).where(Account.id == account_id)  # unless deleted meanwhile
    not_lately = or_(Profile.seen_at <= now - SEEN_EVERY, Profile.seen_at > now + SEEN_EVERY)
    stale = or_(Profile.seen_at.is_(None), not_lately)  # a moment ahead is by a clock that was
    session.execute(upsert(session, Profile, here, {"seen_at": now}, where=stale))
