"""Home: one's own posts and those of the members one follows, merged when they are read.

Nothing is written for it, so following, unfollowing and deleting take effect at once on every page, and a post costs
the same whether ten members follow its author or all. Two ways find a page, and both give exactly the same one:

- *The scan window*: scan the posts next to the edge, a few for each member followed, and keep those by one of them.
  That is enough if the members one follows are about as busy as the rest.
- *A seek per author*: if it is not, find the post nearest to the edge of each member followed, one index seek each.
  The page is among the posts of those who come nearest, as many members as the page has posts.

Neither grows with the table; both are bounded by how many one follows, and that by `follows.MOST_FOLLOWED`. Figures and
what else was tried: docs/decisions/0018-home-is-merged-when-read.md.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Subquery,
    UnaryExpression,
    bindparam,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.operators import custom_op

from microblog.db import DialectName, dialect_name
from microblog.follows import Follow, FollowCount
from microblog.identity import is_active
from microblog.keyset import NEWEST, Cursor, Page, make_page
from microblog.posts import Post
from microblog.timeline.items import PAGE, Item, item, items

SCANNED_PER_MEMBER = 4  # posts looked through for each member followed; as many cost about as much as one seek
ME: ColumnElement[int] = bindparam("me", type_=Post.id.type)
EDGE: ColumnElement[int] = bindparam("edge", type_=Post.id.type)
SIZE: ColumnElement[int] = bindparam("size", type_=Post.id.type, literal_execute=True)  # the planner must know it
FOLLOWED = select(Follow.followed_id).where(Follow.follower_id == ME)
SHOWN = Post.deleted_at.is_(None)
AUTHOR: UnaryExpression[int] = UnaryExpression(Post.__table__.c.author_id, operator=custom_op("+"))
"""The author, in words that no index answers: for where posts are to be read by their numbers alone."""
MINE = or_(AUTHOR == ME, AUTHOR.in_(FOLLOWED))


def home(session: Session, account_id: int, cursor: Cursor = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of a member's home, in at most three round trips."""
    ascending, dialect = cursor.ascending, dialect_name(session)
    asked = {"me": account_id, "edge": cursor.edge, "size": size + 1}
    found = session.execute(scan_window(ascending=ascending), asked).all()
    if len(found) <= size:
        found = session.execute(per_author_seek(dialect, ascending=ascending), asked).all()
    behind = cursor != NEWEST and session.execute(anything_behind(ascending=ascending), asked).first() is not None
    return make_page([item(row) for row in found], cursor, size, lambda one: one.id, behind=behind)


@cache
def scan_window(*, ascending: bool) -> Select[Any]:
    """Build, once, the query that scans the posts next to the edge. It may find less than there is."""
    following = select(FollowCount.following).where(FollowCount.account_id == ME).scalar_subquery()
    length = SCANNED_PER_MEMBER * (1 + func.coalesce(following, 0))
    start = (
        select(nearest_beyond(Post.id, ascending=ascending))
        .where(beyond_edge(Post.id, ascending=ascending))
        .scalar_subquery()
    )
    within = Post.id < start + length if ascending else Post.id > start - length
    rows = items().where(MINE, SHOWN, is_active(Post.author_id), beyond_edge(Post.id, ascending=ascending), within)
    return rows.order_by(reading_order(Post.id, ascending=ascending)).limit(SIZE)


@cache
def per_author_seek(dialect: DialectName, *, ascending: bool) -> Select[Any]:
    """Build, once, the query that seeks the post nearest to the edge of each member followed."""
    ids = page_of(dialect, those_nearest(ascending=ascending), ascending=ascending)
    return items().join(ids, ids.c.id == Post.id).order_by(reading_order(Post.id, ascending=ascending))


def those_nearest(*, ascending: bool) -> FromClause:
    """Select the members who have a post nearest to the edge, as many as a page has posts, and that post of each."""
    members = everybody_of_mine()
    theirs = select(nearest_beyond(Post.id, ascending=ascending)).where(Post.author_id == members.c.id, SHOWN)
    asked = select(
        members.c.id, theirs.where(beyond_edge(Post.id, ascending=ascending)).scalar_subquery().label("post")
    )
    # OFFSET keeps PostgreSQL from asking the same again for each place where the answer is used.
    all_of_them = asked.order_by(reading_order(asked.selected_columns.post, ascending=ascending)).offset(0).subquery()
    with_posts = select(all_of_them).where(all_of_them.c.post.is_not(None), is_active(all_of_them.c.id))
    return with_posts.order_by(reading_order(all_of_them.c.post, ascending=ascending)).limit(SIZE).cte("those_nearest")


def page_of(dialect: DialectName, members: FromClause, *, ascending: bool) -> Subquery:
    """Select the numbers of the posts of a page: of each of these members, none but as many as a page has."""
    theirs = select(Post.id).where(Post.author_id == members.c.id, SHOWN, beyond_edge(Post.id, ascending=ascending))
    near = theirs.order_by(reading_order(Post.id, ascending=ascending)).limit(SIZE)
    if dialect == "sqlite":  # it leaves each member's posts where they are further than a page by itself
        return near.subquery()
    each = near.correlate(members).lateral()
    rows = select(each.c.id).select_from(members.join(each, true()))
    return rows.order_by(reading_order(each.c.id, ascending=ascending)).limit(SIZE).subquery()


@cache
def anything_behind(*, ascending: bool) -> Select[Any]:
    """Build, once, the question whether a home has a post on the other side of the edge, or at it.

    Nearly always the edge is such a post itself; where it was deleted, members are asked until one has another.
    """
    at_the_edge = select(Post.id).where(Post.id == EDGE, MINE, SHOWN, is_active(Post.author_id))
    members = everybody_of_mine()
    there = beyond_edge(Post.id, ascending=not ascending)
    theirs = select(nearest_beyond(Post.id, ascending=not ascending)).where(
        Post.author_id == members.c.id, SHOWN, there
    )
    any_other = select(members.c.id).where(theirs.scalar_subquery().is_not(None), is_active(members.c.id))
    return select(union_all(at_the_edge, any_other).subquery()).limit(1)


def everybody_of_mine() -> Subquery:
    """Select a member and all whom the member follows."""
    return union_all(select(ME.label("id")), select(Follow.followed_id).where(Follow.follower_id == ME)).subquery()


def beyond_edge(number: SQLColumnExpression[int], *, ascending: bool) -> ColumnElement[bool]:
    """Be beyond the edge in the direction of reading."""
    return number > EDGE if ascending else number < EDGE


def reading_order(number: SQLColumnExpression[Any], *, ascending: bool) -> ColumnElement[Any]:
    """Order so that those nearest to the edge come first."""
    return number.asc() if ascending else number.desc()


def nearest_beyond(number: SQLColumnExpression[int], *, ascending: bool) -> ColumnElement[int]:
    """Return the nearest of those beyond the edge."""
    return func.min(number) if ascending else func.max(number)
