"""Retention of removed addresses, and of the usernames of deleted accounts."""

from microblog.identity.addresses import ESTABLISHED_AFTER
from microblog.identity.models import KeptUsername, RemovedAddress
from microblog.identity.username_owners import NAME_KEPT_FOR
from microblog.retention import ClockBound, RetentionRule, delete_where

RETENTION: tuple[RetentionRule, ...] = (
    delete_where(
        RemovedAddress.account_id,
        lambda ages: RemovedAddress.removed_at <= ages.now - ESTABLISHED_AFTER,
        second_key=RemovedAddress.email_key,
    ),
    delete_where(KeptUsername.username_key, lambda ages: KeptUsername.free_at <= ages.now),
)
CLOCK_BOUNDS: tuple[ClockBound, ...] = ((KeptUsername.free_at, NAME_KEPT_FOR),)
