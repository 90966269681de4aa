"""Reset links as they are once opened, for tests of what follows."""

from sqlalchemy.orm import Session

from microblog.identity import Account, present_addresses
from microblog.ownership import Means
from microblog.recovery import OpenedReset
from microblog.recovery.owner_is_back import proof_by


def opened_by_email(session: Session, account: Account) -> OpenedReset:
    """Return what a link opens that went to the account's primary address."""
    return OpenedReset(account, proof_by(present_addresses(session, account)[0], Means.EMAIL))
