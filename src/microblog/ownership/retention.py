"""Retention of recoveries and reportable changes."""

from datetime import timedelta

from microblog.identity import ESTABLISHED_AFTER
from microblog.ownership.models import Recovery, ReportableChange
from microblog.retention import RetentionRule, delete_where

CHANGES_KEPT_FOR = timedelta(days=8)  # they can be reported for a week at the longest

RETENTION: tuple[RetentionRule, ...] = (
    delete_where(ReportableChange.id, lambda ages: ReportableChange.at < ages.now - CHANGES_KEPT_FOR),
    delete_where(Recovery.id, lambda ages: Recovery.at < ages.now - ESTABLISHED_AFTER),
)
