"""Retention of unfinished sign-ups."""

from microblog.registration.models import SignUp
from microblog.retention import DAY, NO_TIME, ClockBound, RetentionRule, delete_where

RETENTION: tuple[RetentionRule, ...] = (delete_where(SignUp.id, lambda ages: SignUp.expires_at <= ages.now),)
CLOCK_BOUNDS: tuple[ClockBound, ...] = ((SignUp.created_at, NO_TIME), (SignUp.expires_at, DAY))
