"""Publishing a post: once, however often its form is sent."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from microblog.context import Context
from microblog.db import Lock, exclusive, insert_if_absent
from microblog.identity import Account, is_visible
from microblog.limits import Limit
from microblog.posts.entities import EntityKind, entities, keys
from microblog.posts.models import Mention, Post, PostTag
from microblog.posts.notify import notify_mentioned
from microblog.posts.text import normalize_text


def publish(context: Context, author_id: int, text: str, *, once: str) -> int:
    """Publish a post, queue the emails about it, and return its id.

    `once` names the form it came by: sent again, nothing is stored, and the id of the first post is returned.

    Raises:
        PostRefused: by its subclass for the reason.
        RateLimited: the author posted too often.
    """
    per_member = Limit("posts per member", context.settings.limits.posts_per_member)
    with context.writing() as session:
        context.spend(session, (per_member, str(author_id)))
        post = add_post(session, author_id=author_id, text=text, once=once, now=context.now)
        notify_mentioned(session, post, context.now)
        return post.id


def add_post(session: Session, *, author_id: int, text: str, once: str, now: datetime) -> Post:
    """Store a post with its tags and mentions, and return it; the first one if `once` came before.

    Raises:
        PostRefused: by its subclass for the reason.
    """
    said, key = normalize_text(text), key_of(once)
    found = entities(said)
    mentioned = members_of(session, keys(found, EntityKind.MENTION))
    post = store(session, author_id=author_id, text=said, created_at=now, once=key)
    if post is None:
        return session.scalars(select(Post).where(Post.author_id == author_id, Post.once == key)).one()
    tags = [{"tag": tag, "post_id": post.id} for tag in keys(found, EntityKind.TAG)]
    mentions = [{"account_id": to, "post_id": post.id, "name_key": name} for name, to in mentioned.items()]
    if tags:
        session.execute(insert(PostTag), tags)
    if mentions:
        session.execute(insert(Mention), mentions)
    return post


def store(session: Session, **values: Any) -> Post | None:  # noqa: ANN401 - of the columns
    """Store a post, unless the same form came before.

    Numbers are given out in the order in which posts can be seen: a later one never comes to light before an earlier
    one, so nobody who reads on from a number misses a post. SQLite has one writer at a time anyway.
    """
    exclusive(session, Lock.POST_ORDER)
    adding = insert_if_absent(session, Post, values, key=[Post.author_id, Post.once])
    return session.scalars(adding.returning(Post)).one_or_none()


def members_of(session: Session, names: list[str]) -> dict[str, int]:
    """Return the numbers of the members among these names, and keep their accounts from going before this is stored."""
    if not names:
        return {}
    visible = select(Account.username_key, Account.id).where(is_visible(Account))
    found = visible.where(Account.username_key.in_(names)).with_for_update(read=True, key_share=True)
    return {row.username_key: row.id for row in session.execute(found)}


def key_of(once: str) -> str:
    """Return what is kept of a form's key, whatever was sent as one."""
    return hashlib.sha256(once.encode("utf-8", "surrogatepass")).hexdigest()
