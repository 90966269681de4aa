"""Missed posts of a member, by those the member follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from microblog.timeline import Item, home

OWN = 20  # posts of one's own that are looked past; who wrote more than that since has been here


@dataclass(frozen=True)
class Missed:
    """The newest missed posts, and whether there are more."""

    items: Sequence[Item]
    more: bool


def find_missed(session: Session, account_id: int, since: datetime, size: int) -> Missed:
    """Return the newest posts of those a member follows since then. One's own may stand among the newest of a home."""
    page = home(session, account_id, size=size + OWN)
    found = [item for item in page.items if item.author_id != account_id and item.created_at >= since]
    return Missed(found[:size], len(found) > size)
