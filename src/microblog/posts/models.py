"""Posts, and the tags and mentions in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from microblog.db import NEVER_TWICE, Base, Id
from microblog.identity import Account

ACCOUNT_ID, POST_ID = "accounts.id", "posts.id"
SHOWN = text("deleted_at IS NULL")
DELETED = text("deleted_at IS NOT NULL")
WITHOUT_ROWID = {"sqlite_with_rowid": False}  # SQLite then keeps the rows in the order of the key, and only once


class Post(Base):
    """A post. Posts are read by their numbers, which grow in the order in which posts become visible."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("author_id", "once"),
        # Every page of posts by somebody reads this index, which holds no post that was deleted.
        Index("ix_posts_author_shown", "author_id", "id", sqlite_where=SHOWN, postgresql_where=SHOWN),
        Index("ix_posts_deleted_at", "deleted_at", sqlite_where=DELETED, postgresql_where=DELETED),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    author_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    once: Mapped[str | None] = mapped_column(String(64))
    """The form it came by: sent twice, it is stored once. Nothing once the post is deleted."""
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    author: Mapped[Account] = relationship(init=False, repr=False, viewonly=True)


class PostTag(Base):
    """A tag in a post."""

    __tablename__ = "post_tags"
    __table_args__ = (Index("ix_post_tags_post_id", "post_id"), WITHOUT_ROWID)

    tag: Mapped[str] = mapped_column(String(300), primary_key=True)
    """What all spellings of the tag share."""
    post_id: Mapped[int] = mapped_column(ForeignKey(POST_ID, ondelete="CASCADE"), primary_key=True)


class Mention(Base):
    """A member who is named in a post."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_post_id", "post_id"), WITHOUT_ROWID)

    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT_ID, ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(POST_ID, ondelete="CASCADE"), primary_key=True)
    name_key: Mapped[str] = mapped_column(String(64))
    """What all spellings of the name in the text share; the member may have another by now."""
