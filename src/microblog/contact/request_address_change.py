"""Asking to change the email address of an account, signed in."""

from sqlalchemy.orm import Session

from microblog.auth import Action, ActionOutcome, perform_or_confirm
from microblog.contact.address_change import ask_for_address
from microblog.contact.errors import BadNewAddress
from microblog.context import Context
from microblog.identity import Account
from microblog.limits import Limit
from microblog.mail import Address, parse_address


def request_address_change(context: Context, verified: Account, address: Address) -> ActionOutcome:
    """Begin the change for a member whose password was just verified. Whether anybody has the address is not said.

    Raises:
        BadNewAddress: it is the address of the account already.
        ChangedMeanwhile, RateLimited: as `perform_or_confirm`.
    """
    if address.key == verified.email_key:
        raise BadNewAddress
    return perform_or_confirm(context, Action.CHANGE_ADDRESS, begin_address_change, verified, wanted=address.spelled)


def begin_address_change(context: Context, session: Session, account: Account, wanted: str) -> None:
    """Email the new address; only so many times an hour, for it may be anybody's."""
    per_account = Limit("changes of address per account", context.settings.limits.sign_up_per_identifier)
    context.spend(session, (per_account, str(account.id)))
    ask_for_address(session, account, parse_address(wanted), context.now, context.origin)
