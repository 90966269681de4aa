"""What whoever runs the site may do to an account: end its logins, deactivate it, let it work again.

Its owner is told of each by letter.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from microblog.audit import Happened, events
from microblog.auth import CancelledBy, Confirmation, cancel_deletion, end_logins
from microblog.contact import PendingSecondAddress
from microblog.contact.address_change import give_up_moves
from microblog.identity import Account, notice_addresses
from microblog.mail import Kind, post
from microblog.origin import NOWHERE
from microblog.refusals import NothingToDo

SIGNED_OUT_LETTER = Kind("signed_out")


DEACTIVATED_LETTER = Kind("deactivated")


REACTIVATED_LETTER = Kind("reactivated")


BY_OPERATOR = "by the operator"


USEFUL_FOR = timedelta(days=7)


def sign_out_everywhere(session: Session, account: Account, now: datetime) -> int:
    """End every login of an account, and return how many there were."""
    ended = end_logins(session, account.id)
    if ended:
        note(session, account, Happened.LOGIN_ENDED, SIGNED_OUT_LETTER, now)
    return ended


def deactivate(session: Session, account: Account, now: datetime) -> None:
    """Keep everybody out of an account: its logins end, passwords open nothing, and its links never will again.

    What was begun and waits for an email's answer is given up, and so is a deletion, for its owner could not cancel it
    any more. All else stays.

    Raises:
        NothingToDo: it is deactivated already.
    """
    if account.deactivated_at:
        raise NothingToDo("This account is deactivated already.")
    account.deactivated_at = now
    end_logins(session, account.id)
    give_up_moves(session, account.id)
    for begun in (PendingSecondAddress, Confirmation):
        session.execute(delete(begun).where(begun.account_id == account.id))
    cancel_deletion(session, account, now, NOWHERE, CancelledBy.OPERATOR)
    note(session, account, Happened.DEACTIVATED, DEACTIVATED_LETTER, now)


def reactivate(session: Session, account: Account, now: datetime) -> None:
    """Let an account work again, with the password it had.

    Raises:
        NothingToDo: it works.
    """
    if account.deactivated_at is None:
        raise NothingToDo("This account is not deactivated.")
    account.deactivated_at, account.reactivated_at = None, now
    note(session, account, Happened.REACTIVATED, REACTIVATED_LETTER, now)


def note(session: Session, account: Account, happened: Happened, letter: Kind, now: datetime) -> None:
    """Note it, and tell the owner at all addresses."""
    events.record(session, account.id, happened, now, detail=BY_OPERATOR)
    facts = {"username": account.username, "at": now.isoformat()}
    for address in notice_addresses(session, account):
        post(session, letter, to=address, facts=facts, useful_for=USEFUL_FOR, now=now)
