"""How an account's owner can be reached, and how far its password is to be trusted just after a recovery."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.accounts.errors import RecoveredLately
from microblog.accounts.find import second_of
from microblog.accounts.models import Account
from microblog.clock import SKEW

WARY_FOR = timedelta(hours=24)


def notice_addresses(session: Session, account: Account) -> list[str]:
    """Return every confirmed address of an account, the first one first: notices go to all of them."""
    second = second_of(session, account.id)
    return [account.email, second.email] if second else [account.email]


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
