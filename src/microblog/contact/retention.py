"""Retention of changes of address, and of backup emails that are not confirmed."""

from datetime import timedelta

from sqlalchemy import and_

from microblog.contact.models import AddressChange, PendingBackupEmail
from microblog.retention import DAY, ClockBound, RetentionRule, delete_where

BEGUN_KEPT_FOR = timedelta(days=2)  # a day for its email to leave, and a day for the link in it
COMPLETED_KEPT_FOR = timedelta(days=10)  # they can be reverted for a week
IS_BEGUN = AddressChange.completed_at.is_(None)

RETENTION: tuple[RetentionRule, ...] = (
    delete_where(PendingBackupEmail.account_id, lambda ages: PendingBackupEmail.expires_at <= ages.now),
    delete_where(AddressChange.id, lambda ages: and_(IS_BEGUN, AddressChange.asked_at < ages.now - BEGUN_KEPT_FOR)),
    delete_where(AddressChange.id, lambda ages: AddressChange.completed_at < ages.now - COMPLETED_KEPT_FOR),
)
CLOCK_BOUNDS: tuple[ClockBound, ...] = ((PendingBackupEmail.expires_at, DAY),)
