"""Lists of people: who follows a member, and whom a member follows, those who came last first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.follows.models import Follow
from microblog.identity import is_active, username_of
from microblog.keyset import NEWEST, Cursor, Page, make_page

PAGE = 50


@dataclass(frozen=True)
class Person:
    """Somebody in a list."""

    account_id: int
    username: str
    since: datetime
    follow_id: int


def followers(session: Session, account_id: int, cursor: Cursor = NEWEST, size: int = PAGE) -> Page[Person]:
    """Return a page of those who follow a member."""
    return people(session, Follow.follower_id, Follow.followed_id == account_id, cursor, size)


def following(session: Session, account_id: int, cursor: Cursor = NEWEST, size: int = PAGE) -> Page[Person]:
    """Return a page of those whom a member follows."""
    return people(session, Follow.followed_id, Follow.follower_id == account_id, cursor, size)


def people(
    session: Session, whom: InstrumentedAttribute[int], theirs: ColumnElement[bool], cursor: Cursor, size: int
) -> Page[Person]:
    """Return a page of one of the two lists; whoever was deactivated is not in it."""
    rows = select(whom, username_of(whom), Follow.since, Follow.id).where(theirs, is_active(whom))
    onwards, back = Follow.id < cursor.edge, Follow.id >= cursor.edge
    order = Follow.id.desc()
    if cursor.ascending:
        onwards, back, order = Follow.id > cursor.edge, Follow.id <= cursor.edge, Follow.id.asc()
    found = [Person(*row) for row in session.execute(rows.where(onwards).order_by(order).limit(size + 1))]
    behind = cursor != NEWEST and session.execute(rows.where(back).limit(1)).first() is not None
    return make_page(found, cursor, size, lambda person: person.follow_id, behind=behind)
