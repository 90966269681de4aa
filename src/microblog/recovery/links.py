"""The links of recovery: to choose a new password, and "This wasn't me"."""

from datetime import timedelta

from microblog.identity import Account
from microblog.links import EmailedAction, Needs
from microblog.mail import canonical_identifier
from microblog.ownership import REPORTABLE_WITHIN

BY_ADMINISTRATOR = ""  # stands for an address in links that an administrator makes


def reset_state(account: Account, to: str) -> tuple[str, ...]:
    """Return what a reset link is bound to: it dies with any change of password or address, and at deactivation.

    And when the address it was sent `to` is removed; that is `BY_ADMINISTRATOR` for links that were sent to none.
    """
    return *account_state(account), canonical_identifier(to)


def account_state(account: Account) -> tuple[str, ...]:
    """Return the part of it that no address decides."""
    ends = (account.reactivated_at, account.second_removed_at)
    return account.password_hash, account.email_key, *(moment.isoformat() for moment in ends if moment)


def report_state(to: str) -> tuple[str, ...]:
    """Return what a link to report a change is bound to, beside the change: the address it was sent to.

    And nothing that the next change of the account could alter: a thief who sets the password again, or changes the
    email address, must not end it. What ends it is the owner's return, by as good a proof.
    """
    return (canonical_identifier(to),)


RESET = EmailedAction(
    "reset_password",
    "/reset_password",
    lambda settings: timedelta(minutes=settings.reset_link_minutes),
    reset_state,
)
REPORT_TAKEOVER = EmailedAction("not_me", "/not-me", max(REPORTABLE_WITHIN.values()), report_state, needs=Needs.TICK)
