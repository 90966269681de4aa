"""Taking an address back: for whoever reads the address an account had, until a week after it moved away."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from microblog.accounts import events
from microblog.accounts.address_change import NOTICE_USEFUL_FOR, TAKEN, TAKEN_TITLE, give_up_moves, holder, move
from microblog.accounts.errors import LinkOver
from microblog.accounts.events import Happened
from microblog.accounts.find import get_account
from microblog.accounts.models import Account, AddressChange, PendingSecondAddress, RecoveryCode, SecondAddress
from microblog.accounts.origin import Origin
from microblog.accounts.passwords import no_password
from microblog.accounts.sign_in import end_logins
from microblog.links import Claims, LinkSigner
from microblog.mail import Kind, post

TAKEN_BACK_LETTER = Kind("address_taken_back", urgent=True)
BACK_WITHIN = timedelta(days=7)
OVER = "The address was taken back already, or this move of it is too long ago."


def opened_return(session: Session, signer: LinkSigner, claims: Claims, now: datetime) -> tuple[AddressChange, Account]:
    """Return the completed move that a genuine link undoes, and whose it is; changes nothing.

    Raises:
        LinkOver: it was undone already, is a week old, or the old address is somebody else's by now.
    """
    change = session.get(AddressChange, claims.subject)
    account = get_account(session, change.account_id) if change else None
    if change is None or account is None or change.taken_back_at or not signer.matches(claims, *return_state(change)):
        raise LinkOver(OVER, "This link has been used or replaced")
    if claims.over(now, BACK_WITHIN):
        raise LinkOver(f"An address can be taken back for {BACK_WITHIN.days} days.", "This link has expired")
    if holder(session, change.old_email_key, but=account.id):
        raise LinkOver(TAKEN, TAKEN_TITLE)
    return change, account


def take_back(session: Session, signer: LinkSigner, claims: Claims, now: datetime, origin: Origin) -> Account:
    """Give the account the address it had, and lock it until a new password is chosen there. Returns it as it was.

    Whoever moved it knew the password and was signed in, so neither counts any more: every login ends, no password
    opens the account, and with the hash all links die. What they may have added since to get in again goes too.

    Raises:
        LinkOver: as `opened_return`; of two at once, one does it.
    """
    change, account = opened_return(session, signer, claims, now)
    was = account.email
    mine = AddressChange.account_id == account.id
    move(session, account, change.old_email, change.old_email_key, password_hash=no_password(), muted_until=None)
    give_up_moves(session, account.id)
    later = AddressChange.completed_at >= change.completed_at
    session.execute(update(AddressChange).where(mine, later).values(taken_back_at=now))
    added = SecondAddress.account_id == account.id, SecondAddress.added_at >= change.asked_at
    session.execute(delete(SecondAddress).where(*added))
    made = RecoveryCode.account_id == account.id, RecoveryCode.made_at >= change.asked_at
    session.execute(delete(RecoveryCode).where(*made))
    session.execute(delete(PendingSecondAddress).where(PendingSecondAddress.account_id == account.id))
    end_logins(session, account.id)
    events.record(session, account.id, Happened.ADDRESS_TAKEN_BACK, now, origin=origin)
    facts = {"username": account.username, "at": now.isoformat(), "origin": origin.words}
    for to in dict.fromkeys((change.old_email, was)):
        post(session, TAKEN_BACK_LETTER, to=to, facts=facts, useful_for=NOTICE_USEFUL_FOR, now=now)
    return account


def return_state(change: AddressChange) -> tuple[object, ...]:
    """Return what a link to take an address back is bound to. A change of the password does not end it."""
    completed = change.completed_at and change.completed_at.isoformat()
    return change.account_id, change.old_email_key, change.new_email_key, completed
