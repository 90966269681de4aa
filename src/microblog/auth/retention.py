"""Retention of sessions and confirmations."""

from datetime import timedelta

from sqlalchemy import not_

from microblog.auth.models import Confirmation, SignInSession
from microblog.auth.recovery_cooldown import COOLDOWN
from microblog.auth.session_lifetimes import REMEMBERED_FOR, unexpired
from microblog.identity import Account
from microblog.retention import NO_TIME, ClockBound, RetentionRule, delete_where

CONFIRMATIONS_KEPT_FOR = timedelta(days=1)

RETENTION: tuple[RetentionRule, ...] = (
    delete_where(Confirmation.id, lambda ages: Confirmation.asked_at < ages.now - CONFIRMATIONS_KEPT_FOR),
    delete_where(SignInSession.id, lambda ages: not_(unexpired(ages.now))),
)
CLOCK_BOUNDS: tuple[ClockBound, ...] = (
    (SignInSession.seen_at, NO_TIME),
    (SignInSession.expires_at, REMEMBERED_FOR),
    (Account.muted_until, COOLDOWN),
    (Account.recovered_at, NO_TIME),
)
