"""Posts: publishing, deleting and taking that back, and what stands in a text. The front door of the room."""

from microblog.posts.deleting import (
    KEPT_FOR,
    TAKE_BACK_WITHIN,
    delete_post,
    forget_account,
    forget_deleted,
    restore_post,
)
from microblog.posts.entities import Kind, Piece, entities, read_tag, tag_key
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
from microblog.posts.publishing import publish
from microblog.posts.scripts import HYPHENS, JOINERS, SPACELESS
from microblog.posts.text import count_characters, tidy

__all__ = [
    "HYPHENS",
    "JOINERS",
    "KEPT_FOR",
    "LONGEST",
    "SPACELESS",
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
    "count_characters",
    "delete_post",
    "entities",
    "forget_account",
    "forget_deleted",
    "publish",
    "read_tag",
    "restore_post",
    "rows_for_download",
    "tag_key",
    "tidy",
]
