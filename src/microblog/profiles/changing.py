"""Changing one's profile, and noting that a member was here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from microblog.context import Context
from microblog.db import Utc, upsert
from microblog.identity import Account, UsernameTaken, check_username, is_reserved
from microblog.limits import Limit
from microblog.mail import clean_identifier
from microblog.origin import NOWHERE, Origin
from microblog.profiles.about import tidy_about
from microblog.profiles.avatars import keep_avatar, remove_avatar
from microblog.profiles.change_username import change_username
from microblog.profiles.models import Profile
from microblog.profiles.pictures import make_avatar
from microblog.settings import Rate

SEEN_EVERY = timedelta(minutes=5)
UPLOADS = Limit("pictures per member", Rate(20, 3600))
RENAMES = Limit("changes of username per member", Rate(10, 86_400))  # each is an email to every address


@dataclass(frozen=True)
class ProfileEdit:
    """An edit of a profile: an uploaded picture replaces the avatar; without one it can be removed."""

    username: str
    about_me: str
    upload: bytes | None = None
    remove_avatar: bool = False


@dataclass(frozen=True)
class Changed:
    """The result of a change."""

    username: str
    renamed: bool


def edit_profile(context: Context, account_id: int, edit: ProfileEdit) -> Changed:
    """Change username, text and avatar: all of it, or nothing if one is refused.

    Raises:
        BadUsername: it can't be one.
        UsernameTaken: somebody else has it or had it, or it would be taken for the site.
        TooManyUsernames: the member has had as many as one can.
        AboutRefused: the text can't be stored.
        PictureRefused: the upload can't be an avatar.
        RateLimited: the member did this too often.
    """
    picture = None if edit.upload is None else prepare_avatar(context, account_id, edit.upload)
    with context.writing() as session:
        check_rename(context, session, account_id, clean_identifier(edit.username))
        changed = change_profile(
            session,
            account_id,
            username=edit.username,
            about_me=edit.about_me,
            now=context.now,
            origin=context.origin,
        )
        if picture:
            keep_avatar(session, account_id, picture, context.now)
        elif edit.remove_avatar:
            remove_avatar(session, account_id)
    return changed


def prepare_avatar(context: Context, account_id: int, upload: bytes) -> bytes:
    """Count an upload, and make the avatar outside of any transaction: it takes a while."""
    with context.writing() as session:
        context.spend(session, (UPLOADS, str(account_id)))
    return make_avatar(upload)


def check_rename(context: Context, session: Session, account_id: int, wanted: str) -> None:
    """Refuse a new username that would be taken for the site, and count the change."""
    username = session.execute(select(Account.username).where(Account.id == account_id)).scalar_one()
    if wanted.lower() != username.lower() and is_reserved(wanted, context.settings.public_url.host):
        raise UsernameTaken(username=wanted)
    if wanted != username:
        context.spend(session, (RENAMES, str(account_id)))


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
    store_about(session, account_id, about)
    return Changed(chosen, renamed)


def store_about(session: Session, account_id: int, about_me: str) -> None:
    """Store what a member says about themselves."""
    session.execute(upsert(session, Profile, {"account_id": account_id, "about_me": about_me}, {"about_me": about_me}))


def record_last_seen(session: Session, account_id: int, now: datetime) -> None:
    """Note that a member is here; no write where that was noted within the last five minutes."""
    columns = Account.id.label("account_id"), literal("").label("about_me"), literal(now, Utc).label("seen_at")
    here = select(*columns).where(Account.id == account_id)  # unless deleted meanwhile
    not_lately = or_(Profile.seen_at <= now - SEEN_EVERY, Profile.seen_at > now + SEEN_EVERY)
    stale = or_(Profile.seen_at.is_(None), not_lately)  # a moment ahead is by a clock that was
    session.execute(upsert(session, Profile, here, {"seen_at": now}, where=stale))
