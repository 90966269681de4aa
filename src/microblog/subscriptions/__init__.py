"""Subscriptions: the letters that members choose to get, and may end at any time. The front door of the room."""

from microblog.subscriptions.choices import Choices, Wish, choices_of, choose, rows_for_download, turn_off
from microblog.subscriptions.digest import post_digests, skip_overdue_digests
from microblog.subscriptions.links import UnsubscribeLinks, Unsubscribing, unsubscribe_links
from microblog.subscriptions.models import Digest, Subscription
from microblog.subscriptions.telling import tell_followed, tell_mentioned

__all__ = [
    "Choices",
    "Digest",
    "Subscription",
    "UnsubscribeLinks",
    "Unsubscribing",
    "Wish",
    "choices_of",
    "choose",
    "post_digests",
    "rows_for_download",
    "skip_overdue_digests",
    "tell_followed",
    "tell_mentioned",
    "turn_off",
    "unsubscribe_links",
]
