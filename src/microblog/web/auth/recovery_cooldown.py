"""The restrictions of the day after a recovery, shown on each page before a password is typed in vain."""

from datetime import datetime
from typing import Any

from microblog.auth import COOLDOWN, recovered_lately
from microblog.identity import Account, get_account
from microblog.web.current_member import current_member_or_none
from microblog.web.site import this_site


def recovery_cooldown() -> dict[str, Any]:
    """Return, for a page of the member's own area, until when the account is to be treated with care."""
    member = current_member_or_none()
    if member is None:
        return {}
    with this_site().database.reading() as db:
        account = get_account(db, member.account_id)
    return {"cooldown_until": account and end_of_cooldown(account), "first_address": account and account.email}


def end_of_cooldown(account: Account) -> datetime | None:
    """Return when a day has passed since the recovery of an account; None if that is so already."""
    recovered_at = account.recovered_at
    return recovered_at + COOLDOWN if recovered_at and recovered_lately(account, this_site().now()) else None
