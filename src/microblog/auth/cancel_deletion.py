"""Cancelling the deletion of an account: within three days of asking for it, by signing in and in other ways."""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth.emails.deletion_cancelled import DELETION_CANCELLED, CancelledBy, DeletionCancelled
from microblog.identity import Account
from microblog.identity.accounts import unschedule_deletion
from microblog.mail import queue
from microblog.origin import Origin
from microblog.ownership import owner_addresses


def cancel_deletion(
    session: Session, account: Account, now: datetime, origin: Origin, by: CancelledBy = CancelledBy.RECOVERY
) -> bool:
    """Cancel the deletion of an account, record it, and tell every address. Returns False if there is none.

    The database decides, so `account` may have been read before.
    """
    if not unschedule_deletion(session, account.id):
        return False
    events.record(session, account.id, EventType.DELETION_CANCELLED, now, origin=origin, detail=f"cancelled_by_{by}")
    payload = DeletionCancelled(account.username, now, by, origin)
    for to in owner_addresses(session, account, now):
        queue(session, DELETION_CANCELLED, to=to, payload=payload, now=now)
    return True
