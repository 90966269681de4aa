"""Retention of error reports."""

from datetime import timedelta

from microblog.error_reports.models import ErrorReport
from microblog.retention import NO_TIME, ClockBound, RetentionRule, delete_where

KEPT_FOR = timedelta(days=90)  # after it happened last

RETENTION: tuple[RetentionRule, ...] = (
    delete_where(ErrorReport.key, lambda ages: ErrorReport.last_at < ages.now - KEPT_FOR),
)
CLOCK_BOUNDS: tuple[ClockBound, ...] = ((ErrorReport.last_at, NO_TIME), (ErrorReport.told_at, NO_TIME))
