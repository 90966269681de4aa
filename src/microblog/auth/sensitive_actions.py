"""Sensitive actions: done at once, or for a day after a recovery only once an email has confirmed them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from microblog.auth.confirmable_actions import Action
from microblog.auth.confirmations import ask_to_confirm
from microblog.auth.reauthentication import lock_verified
from microblog.auth.recovery_cooldown import recovered_lately
from microblog.context import Context
from microblog.identity import Account
from microblog.limits import Limit

Perform = Callable[[Context, Session, Account, str], None]
"""Performs an action on a locked account, as part of a transaction. The text is what the action needs to know."""


@dataclass(frozen=True)
class ActionOutcome:
    """The account as it is now, and whether an email has to confirm the action first."""

    account: Account
    needs_confirmation: bool


def perform_or_confirm(
    context: Context, action: Action, perform: Perform, verified: Account, wanted: str = ""
) -> ActionOutcome:
    """Perform an action for a member whose password was just verified, or send the email that has to confirm it.

    `wanted` is what the action needs to know, such as a new address.

    Raises:
        ChangedMeanwhile: the password was changed in this moment.
        RateLimited: too many such emails were asked for.
    """
    with context.writing() as session:
        account = lock_verified(session, verified)
        needs_confirmation = recovered_lately(account, context.now)
        if needs_confirmation:
            per_account = Limit("confirmations per account", context.settings.limits.reset_per_identifier)
            context.spend(session, (per_account, str(account.id)))
            ask_to_confirm(session, account, action, context.now, context.origin, wanted)
        else:
            perform(context, session, account, wanted)
    return ActionOutcome(account, needs_confirmation)
