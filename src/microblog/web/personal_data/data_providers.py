"""What each package keeps of a member, as their download shows it. How they let go of it is in `ops.deletion`."""

from typing import Any

from sqlalchemy.orm import Session

from microblog import follows, posts, profiles, subscriptions
from microblog.personal_data import EXPORT_PARTS, Part
from microblog.personal_data.export import Row
from microblog.words import detail_text, event_text


def profile_rows(session: Session, account_id: int, after: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the profile as the one row of its part."""
    return [] if after else [(1, profiles.export(session, account_id))]


def worded(row: Row) -> Row:
    """Put the codes of an event in words."""
    return {**row, "what": event_text(row["what"]), "detail": detail_text(row["detail"])}


def in_words(part: Part) -> Part:
    """Return the part with words for the codes of events; any other part as it is."""
    if part.name != "events":
        return part

    def rows(session: Session, account_id: int, after: int) -> list[tuple[int, Row]]:
        found = part.rows(session, account_id, after)
        return [(number, worded(row)) for number, row in found]

    return Part(part.name, rows)


EXPORTERS: tuple[Part, ...] = (
    *(in_words(part) for part in EXPORT_PARTS),
    Part("profile", profile_rows),
    Part("posts", posts.rows_for_download),
    Part("follows", follows.rows_for_download),
    Part("letters", subscriptions.rows_for_download),
)
