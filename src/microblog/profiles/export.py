"""The profile of a member, in their download."""

from base64 import b64encode

from sqlalchemy.orm import Session

from microblog.exports import ExportPart, Row
from microblog.identity import former_usernames
from microblog.profiles.models import Avatar, Profile


def profile_row(session: Session, account_id: int) -> Row:
    """Return the profile of a member, with usernames they had and their avatar, as JSON has it."""
    profile, picture = session.get(Profile, account_id), session.get(Avatar, account_id)
    former = [
        {"username": username, "until": until.isoformat()}
        for username, until in session.execute(former_usernames(account_id))
    ]
    return {
        "about_me": profile.about_me if profile else "",
        "last_seen": profile.seen_at.isoformat() if profile and profile.seen_at else None,
        "former_usernames": former,
        "avatar": {
            "media_type": picture.media_type,
            "content_base64": b64encode(picture.content).decode(),
            "changed_at": picture.changed_at.isoformat(),
        }
        if picture
        else None,
    }


def profile_after(session: Session, account_id: int, after: int) -> list[tuple[int, Row]]:
    """Return the profile as the only row."""
    return [] if after else [(1, profile_row(session, account_id))]


EXPORTERS: tuple[ExportPart, ...] = (ExportPart("profile", profile_after),)
