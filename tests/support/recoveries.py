"""Reset links as they are once opened, for tests of what follows."""

from datetime import timedelta

from sqlalchemy.orm import Session

from microblog.identity import Account, present_addresses
from microblog.ownership import Means
from microblog.recovery import RESET_LINK, OpenedReset
from microblog.recovery.owner_is_back import proof_by
from support.clock import NOON
from support.links import genuine_link


def opened_by_email(session: Session, account: Account) -> OpenedReset:
    """Return what a link opens that went to the account's primary address."""
    link = genuine_link(RESET_LINK, account.id, account, account.email, expires=NOON + timedelta(hours=1))
    return OpenedReset(link, account, proof_by(present_addresses(session, account)[0], Means.EMAIL))
