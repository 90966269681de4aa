"""Timelines: posts in the order of time, a page at a time."""

from microblog.timeline.home import home
from microblog.timeline.items import PAGE, Item
from microblog.timeline.lists import by_author, by_tag, explore, read_mentions, read_post
from microblog.timeline.suggestions import whom_to_follow

__all__ = [
    "PAGE",
    "Item",
    "by_author",
    "by_tag",
    "explore",
    "home",
    "read_mentions",
    "read_post",
    "whom_to_follow",
]
