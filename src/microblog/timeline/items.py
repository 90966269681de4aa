"""A post as it stands in a timeline, and what every timeline asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import aliased

from microblog.identity import Account, is_visible, username_of
from microblog.posts import Mention, Post

PAGE = 20


@dataclass(frozen=True)
class Item:
    """A post with what is shown of its author."""

    id: int
    author_id: int
    author: str
    """The author's present username."""
    text: str
    created_at: datetime
    mentioned: dict[str, str] = field(default_factory=dict, compare=False)
    """The members named in the text: by the key of each name as it was written, their present usernames."""


def items() -> Select[Any]:
    """Select what is shown of posts; which of them may be shown, and are, is the caller's to say."""
    names = mentioned_members().label("mentioned")
    return select(Post.id, Post.author_id, username_of(Post.author_id), Post.text, Post.created_at, names)


def mentioned_members() -> ScalarSelect[Any]:
    """Select the members named in a post, as one text: so they cost no round trip of their own."""
    named = aliased(Account)
    pair = Mention.name_key + " " + named.username  # neither can have a space in it
    pairs = select(func.aggregate_strings(pair, "\n")).join(named, named.id == Mention.account_id)
    return pairs.where(Mention.post_id == Post.id, is_visible(named)).scalar_subquery()


def item(row: Sequence[Any]) -> Item:
    """Read what `items` selected."""
    number, author_id, author, text, created_at, pairs = row
    named = dict(pair.split(" ") for pair in pairs.split("\n")) if pairs else {}
    return Item(number, author_id, author, text, created_at, named)
