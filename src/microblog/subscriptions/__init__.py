"""Subscriptions: the letters that members choose to get, and may end at any time. The front door of the room."""

from microblog.subscriptions.choices import Choices, Wish, choices_of, choose, rows_for_download, turn_off
from microblog.subscriptions.digest import post_digests, skip_overdue_digests
from microblog.subscriptions.links import (
    UNSUBSCRIBE_LINKS,
    Unsubscribing,
    read_unsubscribe_link,
    unsubscribe,
)
from microblog.subscriptions.models import Digest, Subscription
from microblog.subscriptions.telling import tell_followed, tell_mentioned

__all__ = [
    "UNSUBSCRIBE_LINKS",
    "Choices",
    "Digest",
    "Subscription",
    "Unsubscribing",
    "Wish",
    "choices_of",
    "choose",
    "post_digests",
    "read_unsubscribe_link",
    "rows_for_download",
    "skip_overdue_digests",
    "tell_followed",
    "tell_mentioned",
    "turn_off",
    "unsubscribe",
]
