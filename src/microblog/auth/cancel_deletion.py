"""Cancelling the deletion of an account: within three days of asking for it, by signing in and in other ways."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from microblog.audit import Happened, events
from microblog.identity import Account
from microblog.mail import Kind, post
from microblog.origin import Origin
from microblog.ownership import owner_addresses

DELETION_CANCELLED_LETTER = Kind("deletion_cancelled", urgent=True)
NOTICE_USEFUL_FOR = timedelta(days=7)


class CancelledBy(StrEnum):
    """What cancelled a deletion, as the event and the email go on after "because"."""

    SIGN_IN = "somebody signed in to the account"
    LINK = "somebody used the link in our email"
    RECOVERY = "somebody recovered the account"
    OPERATOR = "an administrator deactivated the account"


def cancel_deletion(
    session: Session, account: Account, now: datetime, origin: Origin, by: CancelledBy = CancelledBy.RECOVERY
) -> bool:
    """Keep an account that is to be deleted, note it, and tell every address. Returns False if it is not.

    Whether it is is asked of the database, so `account` may have been read before.
    """
    mine = update(Account).where(Account.id == account.id, Account.deletion_due_at.is_not(None))
    if session.scalar(mine.values(deletion_due_at=None).returning(Account.id)) is None:
        return False
    events.record(session, account.id, Happened.DELETION_CANCELLED, now, origin=origin, detail=f"because {by}")
    place = f", from {origin.words}" if origin.device else ""
    facts = {"username": account.username, "at": now.isoformat(), "reason": f"because {by}{place}"}
    for to in owner_addresses(session, account, now):
        post(session, DELETION_CANCELLED_LETTER, to=to, facts=facts, useful_for=NOTICE_USEFUL_FOR, now=now)
    return True
