"""How an account's owner can be reached, and how far its password is to be trusted just after a recovery."""

from datetime import datetime, timedelta

from microblog.auth.errors import RecoveredLately
from microblog.clock import SKEW
from microblog.identity import Account

WARY_FOR = timedelta(hours=24)


def recovered_lately(account: Account, now: datetime) -> bool:
    """Tell whether the account was recovered within the last day.

    Whoever did that may not be its owner; what cannot be undone asks for a letter's word for as long.
    """
    return account.recovered_at is not None and -SKEW <= now - account.recovered_at < WARY_FOR


def refuse_after_recovery(account: Account, now: datetime) -> None:
    """Refuse what whoever has just recovered an account could make lasting harm with.

    Raises:
        RecoveredLately: with the time from which it works again.
    """
    if account.recovered_at is not None and recovered_lately(account, now):
        raise RecoveredLately(account.recovered_at + WARY_FOR)
