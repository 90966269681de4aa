"""Reverting a change of address, and the reset email that follows."""

from microblog.context import Context
from microblog.recovery.address_revert import OpenedReturn, take_back
from microblog.recovery.takeover import send_way_in


def take_back_address(context: Context, opened: OpenedReturn) -> str:
    """Give the account the address it had, end every session, and email a way in; return the address.

    Raises:
        LinkRefused: it was undone meanwhile; of two at once, one does it.
    """
    with context.writing() as session:
        returned = take_back(session, opened.link, context.now, context.origin)
        send_way_in(session, opened.account, opened.claimant, context.origin, context.now)
    return next(iter(returned.addresses.restored), opened.change.old_email)
