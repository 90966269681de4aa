"""The link to choose a new password. That to report a change is in `ownership`, below those who email it."""

from datetime import datetime, timedelta

from microblog.identity import Account
from microblog.links import EmailedAction, Links
from microblog.mail import canonical_identifier

BY_ADMINISTRATOR = ""  # stands for an address in links that an administrator makes


def reset_state(account: Account, to: str) -> tuple[str, ...]:
    """Return what a reset link is bound to: it dies with any change of password or address, and at deactivation.

    And when the address it was sent `to` is removed; that is `BY_ADMINISTRATOR` for links that were sent to none.
    """
    return *account_state(account), canonical_identifier(to)


def account_state(account: Account) -> tuple[str, ...]:
    """Return the part of it that no address decides."""
    ends = (account.reactivated_at, account.backup_email_removed_at)
    return account.password_hash, account.email_key, *(moment.isoformat() for moment in ends if moment)


RESET_LINK = EmailedAction(
    "reset_password",
    "/reset_password",
    lambda settings: timedelta(minutes=settings.reset_link_minutes),
    reset_state,
)


def sign_reset_link(links: Links, account: Account, now: datetime, to: str) -> tuple[str, datetime]:
    """Return the address of a link that is made now, and when it expires. `to` is as in `reset_state`."""
    ends = (now + links.lifetime(RESET_LINK)).replace(microsecond=0)
    return links.signed_url(RESET_LINK, account.id, account, to, expires=ends), ends
