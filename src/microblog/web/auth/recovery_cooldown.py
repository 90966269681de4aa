"""What is restricted within a day of a recovery: said on each page before a password is typed for nothing."""

from datetime import datetime
from typing import Any

from microblog.auth import WARY_FOR, recovered_lately
from microblog.identity import Account, get_account
from microblog.web.current_member import viewer
from microblog.web.site import this_site


def wary() -> dict[str, Any]:
    """Return, for a page of the member's own area, until when the account is to be treated with care."""
    member = viewer()
    if member is None:
        return {}
    with this_site().database.reading() as db:
        account = get_account(db, member.account_id)
    return {"wary_until": account and end_of_care(account), "first_address": account and account.email}


def end_of_care(account: Account) -> datetime | None:
    """Return when a day has passed since the recovery of an account; None if that is so already."""
    recovered_at = account.recovered_at
    return recovered_at + WARY_FOR if recovered_at and recovered_lately(account, this_site().now()) else None
