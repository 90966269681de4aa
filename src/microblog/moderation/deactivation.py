"""What whoever runs the site may do to an account: end its logins, deactivate it, let it work again.

Its owner is told of each by letter.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import CancelledBy, Confirmation, cancel_deletion, end_logins
from microblog.contact import PendingSecondAddress
from microblog.contact.address_change import give_up_moves
from microblog.email_context import EmailContext
from microblog.identity import Account, notice_addresses
from microblog.mail import EmailType, queue
from microblog.moderation.emails.deactivated import DEACTIVATED
from microblog.moderation.emails.reactivated import REACTIVATED
from microblog.moderation.emails.signed_out import SIGNED_OUT
from microblog.moderation.errors import AlreadyDeactivated, NotDeactivated
from microblog.moderation.notice import ModerationNotice
from microblog.origin import NOWHERE

BY_ADMINISTRATOR = "by_administrator"


def sign_out_everywhere(session: Session, account: Account, now: datetime) -> int:
    """End every login of an account, and return how many there were."""
    ended = end_logins(session, account.id)
    if ended:
        note(session, account, EventType.SESSION_ENDED, SIGNED_OUT, now)
    return ended


def deactivate(session: Session, account: Account, now: datetime) -> None:
    """Keep everybody out of an account: its logins end, passwords open nothing, and its links never will again.

    What was begun and waits for an email's answer is given up, and so is a deletion, for its owner could not cancel it
    any more. All else stays.

    Raises:
        AlreadyDeactivated: it is deactivated already.
    """
    if account.deactivated_at:
        raise AlreadyDeactivated
    account.deactivated_at = now
    end_logins(session, account.id)
    give_up_moves(session, account.id)
    for begun in (PendingSecondAddress, Confirmation):
        session.execute(delete(begun).where(begun.account_id == account.id))
    cancel_deletion(session, account, now, NOWHERE, CancelledBy.OPERATOR)
    note(session, account, EventType.ACCOUNT_DEACTIVATED, DEACTIVATED, now)


def reactivate(session: Session, account: Account, now: datetime) -> None:
    """Let an account work again, with the password it had.

    Raises:
        NotDeactivated: it works.
    """
    if account.deactivated_at is None:
        raise NotDeactivated
    account.deactivated_at, account.reactivated_at = None, now
    note(session, account, EventType.ACCOUNT_REACTIVATED, REACTIVATED, now)


def note(
    session: Session,
    account: Account,
    happened: EventType,
    email_type: EmailType[EmailContext, ModerationNotice],
    now: datetime,
) -> None:
    """Note it, and tell the owner at all addresses."""
    events.record(session, account.id, happened, now, detail=BY_ADMINISTRATOR)
    payload = ModerationNotice(account.username, now)
    for address in notice_addresses(session, account):
        queue(session, email_type, to=address, payload=payload, now=now)
