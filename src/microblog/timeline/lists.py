"""Timelines that are one index: everybody's posts, somebody's, those with a tag, those that mention somebody."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.positions import NEWEST, Page, Position, cut
from microblog.posts import Mention, Post, PostTag, tag_key
from microblog.timeline.items import PAGE, Item, item, items

EDGE: ColumnElement[int] = bindparam("edge", type_=Post.id.type)
WANTED: ColumnElement[Any] = bindparam("wanted")
SIZE: ColumnElement[int] = bindparam("size", type_=Post.id.type, literal_execute=True)  # the planner must know it
Source = tuple[Select[Any], InstrumentedAttribute[int]]  # what to select, and the number it is ordered by


def explore(session: Session, position: Position = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of everybody's posts."""
    return read(session, "everybody", None, position, size)


def by_author(session: Session, account_id: int, position: Position = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of somebody's posts."""
    return read(session, "author", account_id, position, size)


def by_tag(session: Session, tag: str, position: Position = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of the posts with a tag, in any spelling of it."""
    return read(session, "tag", tag_key(tag), position, size)


def mentioning(session: Session, account_id: int, position: Position = NEWEST, size: int = PAGE) -> Page[Item]:
    """Return a page of the posts that mention a member."""
    return read(session, "mention", account_id, position, size)


def read(session: Session, name: str, wanted: int | str | None, position: Position, size: int) -> Page[Item]:
    """Read a page, and whether there is anything behind its edge."""
    asked = {"edge": position.edge, **({} if wanted is None else {"wanted": wanted})}
    rows = session.execute(onwards(name, upwards=position.upwards), {**asked, "size": size + 1})
    found = [item(row) for row in rows]
    behind = position != NEWEST and session.execute(back(name, upwards=position.upwards), asked).first() is not None
    return cut(found, position, size, lambda one: one.id, behind=behind)


def source(name: str) -> Source:
    """Return what a timeline selects from."""
    if name == "tag":
        return items().join(PostTag, PostTag.post_id == Post.id).where(PostTag.tag == WANTED), PostTag.post_id
    if name == "mention":
        return items().join(Mention, Mention.post_id == Post.id).where(Mention.account_id == WANTED), Mention.post_id
    return (items().where(Post.author_id == WANTED) if name == "author" else items()), Post.id


@cache
def onwards(name: str, *, upwards: bool) -> Select[Any]:
    """Build, once, the question for a page and one post more, from its edge on."""
    rows, number = source(name)
    if upwards:
        return rows.where(number > EDGE).order_by(number.asc()).limit(SIZE)
    return rows.where(number < EDGE).order_by(number.desc()).limit(SIZE)


@cache
def back(name: str, *, upwards: bool) -> Select[Any]:
    """Build, once, the question whether anything is behind the edge of a page: the nearest such post."""
    rows, number = source(name)
    there: ColumnElement[bool] = number <= EDGE if upwards else number >= EDGE
    nearest = number.desc() if upwards else number.asc()
    return rows.with_only_columns(number).where(there).order_by(nearest).limit(1)
