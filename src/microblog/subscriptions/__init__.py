"""Subscriptions: the letters that members choose to get, and may end at any time. The front door of the room."""

from microblog.subscriptions.choices import Choices, Wish, choices_of, choose, rows_for_download, turn_off
from microblog.subscriptions.digest import DIGEST_LETTER, post_digests, skip_overdue_digests
from microblog.subscriptions.links import (
    Unsubscribing,
    read_unsubscribe_link,
    unsubscribe,
    unsubscribe_links,
)
from microblog.subscriptions.models import Digest, Subscription
from microblog.subscriptions.samples import samples
from microblog.subscriptions.telling import FOLLOWED_LETTER, MENTIONED_LETTER, tell_followed, tell_mentioned
from microblog.subscriptions.writers import writers

__all__ = [
    "DIGEST_LETTER",
    "FOLLOWED_LETTER",
    "MENTIONED_LETTER",
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
    "samples",
    "skip_overdue_digests",
    "tell_followed",
    "tell_mentioned",
    "turn_off",
    "unsubscribe",
    "unsubscribe_links",
    "writers",
]
