"""Retention of digests: how far ahead one can be due."""

from microblog.digests.models import Digest
from microblog.retention import DAY, ClockBound

CLOCK_BOUNDS: tuple[ClockBound, ...] = ((Digest.due_at, 14 * DAY),)
