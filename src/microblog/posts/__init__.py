"""Posts: publishing, deleting and restoring them, and what their text links to."""

from microblog.posts.deleting import TAKE_BACK_WITHIN, delete_post, restore_post
from microblog.posts.entities import Kind, Piece, entities, read_tag, tag_key
from microblog.posts.erasure import forget_account, forget_deleted
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
from microblog.posts.export import rows_for_download
from microblog.posts.models import Mention, Post, PostTag
from microblog.posts.publishing import add_post, publish
from microblog.posts.quoting import SAMPLE_POST, excerpt
from microblog.posts.text import count_characters, tidy

__all__ = [
    "LONGEST",
    "SAMPLE_POST",
    "TAKE_BACK_WITHIN",
    "Kind",
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
    "excerpt",
    "forget_account",
    "forget_deleted",
    "publish",
    "read_tag",
    "restore_post",
    "rows_for_download",
    "tag_key",
    "tidy",
]
