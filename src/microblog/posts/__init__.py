"""Posts: publishing, deleting and restoring them, and what their text links to."""

from microblog.posts.deleting import delete_post, restore_post
from microblog.posts.entities import EntityKind, Piece, entities, read_tag
from microblog.posts.erasure import erase_account
from microblog.posts.errors import (
    LONGEST,
    NoSuchPost,
    NotYours,
    PostEmpty,
    PostRefused,
    PostTooLong,
    PostUnreadable,
    TooLate,
)
from microblog.posts.models import Mention, Post, PostTag
from microblog.posts.publishing import add_post, publish
from microblog.posts.quoting import excerpt
from microblog.posts.text import count_characters, normalize_text

__all__ = [
    "LONGEST",
    "EntityKind",
    "Mention",
    "NoSuchPost",
    "NotYours",
    "Piece",
    "Post",
    "PostEmpty",
    "PostRefused",
    "PostTag",
    "PostTooLong",
    "PostUnreadable",
    "TooLate",
    "add_post",
    "count_characters",
    "delete_post",
    "entities",
    "erase_account",
    "excerpt",
    "normalize_text",
    "publish",
    "read_tag",
    "restore_post",
]
