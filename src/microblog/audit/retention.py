"""Retention of events: as long as their account, except those that anybody can cause."""

from sqlalchemy import and_

from microblog.audit.events import BY_ANYBODY_KEPT_FOR, is_by_anybody
from microblog.audit.models import Event
from microblog.retention import RetentionRule, delete_where

RETENTION: tuple[RetentionRule, ...] = (
    delete_where(Event.id, lambda ages: and_(Event.account_id.is_(None), Event.at <= ages.now - ages.keep_emails)),
    delete_where(Event.id, lambda ages: is_by_anybody(ages.now - BY_ANYBODY_KEPT_FOR)),
)
