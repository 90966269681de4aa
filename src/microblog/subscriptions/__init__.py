"""Subscriptions: which optional emails a member gets, and unsubscribing with one click."""

from microblog.subscriptions.choices import Choices, Topic, choices_of, choose_emails, members_wanting
from microblog.subscriptions.links import Unsubscribing, read_unsubscribe_link, unsubscribe

__all__ = [
    "Choices",
    "Topic",
    "Unsubscribing",
    "choices_of",
    "choose_emails",
    "members_wanting",
    "read_unsubscribe_link",
    "unsubscribe",
]
