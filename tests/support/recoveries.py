"""Reset links as they are once opened, for tests of what follows."""

from sqlalchemy.orm import Session

from microblog.accounts import Account, Means, present_addresses, proof_by
from microblog.recovery import OpenedReset


def opened_by_email(session: Session, account: Account) -> OpenedReset:
    """Return what a link opens that went to the account's primary address."""
    return OpenedReset(account, proof_by(present_addresses(session, account)[0], Means.EMAIL))
