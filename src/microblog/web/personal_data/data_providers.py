"""What each package keeps of a member, as their download shows it. How they let go of it is in `ops.deletion`."""

from typing import Any

from sqlalchemy.orm import Session

from microblog import follows, posts, profiles, subscriptions
from microblog.personal_data import EXPORT_PARTS, Part


def profile_rows(session: Session, account_id: int, after: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the profile as the one row of its part."""
    return [] if after else [(1, profiles.export(session, account_id))]


EXPORTERS: tuple[Part, ...] = (
    *EXPORT_PARTS,
    Part("profile", profile_rows),
    Part("posts", posts.rows_for_download),
    Part("follows", follows.rows_for_download),
    Part("letters", subscriptions.rows_for_download),
)
