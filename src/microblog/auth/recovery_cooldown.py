"""The day after a recovery, in which an account's password alone is not trusted."""

from datetime import datetime, timedelta

from microblog.auth.errors import RecoveredLately
from microblog.clock import SKEW
from microblog.identity import Account

COOLDOWN = timedelta(hours=24)


def recovered_lately(account: Account, now: datetime) -> bool:
    """Tell whether the account was recovered within the last day.

    Whoever did that may not be its owner; a sensitive action has to be confirmed by email for as long.
    """
    return account.recovered_at is not None and -SKEW <= now - account.recovered_at < COOLDOWN


def refuse_after_recovery(account: Account, now: datetime) -> None:
    """Refuse what whoever has just recovered an account could make lasting harm with.

    Raises:
        RecoveredLately: with the time from which it works again.
    """
    if account.recovered_at is not None and recovered_lately(account, now):
        raise RecoveredLately(until=account.recovered_at + COOLDOWN)
