"""The parts of a member's download, from the packages that own them. What a deletion erases is in `ops.deletion`."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from microblog.audit.export import EXPORTERS as OF_AUDIT
from microblog.auth.export import EXPORTERS as OF_AUTH
from microblog.contact.export import EXPORTERS as OF_CONTACT
from microblog.exports import ExportPart, Row
from microblog.follows.export import EXPORTERS as OF_FOLLOWS
from microblog.posts.export import EXPORTERS as OF_POSTS
from microblog.profiles.export import EXPORTERS as OF_PROFILES
from microblog.subscriptions.export import EXPORTERS as OF_SUBSCRIPTIONS
from microblog.words import detail_text, event_text


def word_events(part: ExportPart) -> ExportPart:
    """Return a part of events with words for their codes."""

    def rows(session: Session, account_id: int, after: int) -> Sequence[tuple[int, Row]]:
        return [(number, word_codes(row)) for number, row in part.rows(session, account_id, after)]

    return ExportPart(part.name, rows)


def word_codes(row: Row) -> Row:
    """Put the codes of an event in words."""
    return {**row, "what": event_text(row["what"]), "detail": detail_text(row["detail"])}


EXPORTERS: tuple[ExportPart, ...] = (
    *(word_events(part) for part in OF_AUDIT),
    *OF_AUTH,
    *OF_CONTACT,
    *OF_PROFILES,
    *OF_POSTS,
    *OF_FOLLOWS,
    *OF_SUBSCRIPTIONS,
)
