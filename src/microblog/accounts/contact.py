"""How an account's owner can be reached, and how far its password is to be trusted just after a recovery."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.accounts.models import Account, SecondAddress

WARY_FOR = timedelta(hours=24)


def notice_addresses(session: Session, account: Account) -> list[str]:
    """Return every confirmed address of an account, the first one first: notices go to all of them."""
    second = session.scalar(select(SecondAddress.email).where(SecondAddress.account_id == account.id))
    return [account.email, second] if second else [account.email]


def recovered_lately(account: Account, now: datetime) -> bool:
    """Tell whether the account was recovered within the last day.

    Whoever did that may not be its owner; what cannot be undone asks for a letter's word for as long.
    """
    return account.recovered_at is not None and now - account.recovered_at < WARY_FOR
