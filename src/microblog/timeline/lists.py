"""Timelines that are one index: everybody's posts, somebody's, those with a tag, those that mention somebody."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from microblog.identity import is_active
from microblog.keyset import NEWEST, Cursor, Page, make_page
from microblog.posts import Mention, NoSuchPost, Post, PostTag, read_tag
from microblog.timeline.items import PAGE, Item, item, items

EDGE: ColumnElement[int] = bindparam("edge", type_=Post.id.type)
WANTED: ColumnElement[Any] = bindparam("wanted")
SIZE: ColumnElement[int] = bindparam("size", type_=Post.id.type, literal_execute=True)  # the planner must know it
Numbers = tuple[Select[Any], InstrumentedAttribute[int]]


def explore(session: Session, cursor: Cursor = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of everybody's posts."""
    return read(session, "everybody", None, cursor, size)


def by_author(session: Session, account_id: int, cursor: Cursor = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of somebody's posts."""
    return read(session, "author", account_id, cursor, size)


def by_tag(session: Session, tag: str, cursor: Cursor = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of the posts with a tag, in any spelling of it; an empty one for what can be no tag."""
    key = read_tag(tag)
    return read(session, "tag", key, cursor, size) if key else Page(())


def read_mentions(session: Session, account_id: int, cursor: Cursor = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of the posts that mention a member."""
    return read(session, "mention", account_id, cursor, size)


def read_post(session: Session, post_id: int) -> Item:
    """Return a post by its number.

    Raises:
        NoSuchPost: there is none, it was deleted, or its author is no longer here.
    """
    rows = items().where(Post.id == post_id, Post.deleted_at.is_(None), is_active(Post.author_id))
    row = session.execute(rows).one_or_none()
    if row is None:
        raise NoSuchPost
    return item(row)


def read(session: Session, name: str, wanted: int | str | None, cursor: Cursor, size: int) -> Page[Item]:
    """Read a page, and whether there is anything behind its edge."""
    asked = {"edge": cursor.edge, **({} if wanted is None else {"wanted": wanted})}
    rows = session.execute(page_statement(name, ascending=cursor.ascending), {**asked, "size": size + 1})
    found = [item(row) for row in rows]
    behind = (
        cursor != NEWEST
        and session.execute(behind_statement(name, ascending=cursor.ascending), asked).first() is not None
    )
    return make_page(found, cursor, size, lambda one: one.id, behind=behind)


def post_numbers(name: str) -> Numbers:
    """Select the numbers of the posts of a timeline, and return the column that holds them."""
    if name == "tag":
        return select(PostTag.post_id).where(PostTag.tag == WANTED, is_shown(PostTag.post_id)), PostTag.post_id
    if name == "mention":
        return select(Mention.post_id).where(Mention.account_id == WANTED, is_shown(Mention.post_id)), Mention.post_id
    everybody = select(Post.id).where(Post.deleted_at.is_(None), is_active(Post.author_id))
    return (everybody.where(Post.author_id == WANTED) if name == "author" else everybody), Post.id


def is_shown(number: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Tell whether a post is shown, by one look at it, where a join might read all of them."""
    one = aliased(Post)
    shown = select(one.id).where(one.id == number, one.deleted_at.is_(None), is_active(one.author_id))
    return shown.scalar_subquery().is_not(None)


@cache
def page_statement(name: str, *, ascending: bool) -> Select[Any]:
    """Build, once, the question for a page and one post more, from its edge on."""
    rows, number = post_numbers(name)
    near = rows.where(number > EDGE if ascending else number < EDGE)
    page = near.order_by(number.asc() if ascending else number.desc()).limit(SIZE).subquery()
    return items().join(page, page.c[0] == Post.id).order_by(Post.id.asc() if ascending else Post.id.desc())


@cache
def behind_statement(name: str, *, ascending: bool) -> Select[Any]:
    """Build, once, the question whether anything is behind the edge of a page: the nearest such post."""
    rows, number = post_numbers(name)
    there = rows.where(number <= EDGE if ascending else number >= EDGE)
    return there.order_by(number.desc() if ascending else number.asc()).limit(1)
