"""Which emails a member chose to get, and how each of those ends with one click."""

from microblog.subscriptions.choices import (
    Choices,
    Wish,
    choices_of,
    choose_emails,
    members_wanting,
    turn_off,
)
from microblog.subscriptions.links import UnsubscribeLinks, Unsubscribing, unsubscribe_links

__all__ = [
    "Choices",
    "UnsubscribeLinks",
    "Unsubscribing",
    "Wish",
    "choices_of",
    "choose_emails",
    "members_wanting",
    "turn_off",
    "unsubscribe_links",
]
