"""Taking an address back: for whoever reads the mail of an address the account had, for a week after it was changed."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth.sessions import end_sessions_but
from microblog.clock import SKEW
from microblog.contact.address_change_links import OPEN_FOR, change_state, is_stopped
from microblog.contact.address_owners import holder
from microblog.contact.emails.address_change_asked import ADDRESS_CHANGE_ASKED, AddressChangeAsked
from microblog.contact.emails.address_changed import ADDRESS_CHANGED, AddressChanged
from microblog.contact.emails.change_address import CHANGE_ADDRESS, AddressChangeLink
from microblog.contact.errors import AddressTaken, BadNewAddress, ChangeLinkExpired, ChangeLinkUsed
from microblog.contact.models import AddressChange
from microblog.identity import (
    Account,
    SecondAddress,
    get_account,
    notice_addresses,
    present_addresses,
)
from microblog.identity.addresses import forget_removed, note_removed, since_when
from microblog.links import LinkSigner, TokenClaims
from microblog.mail import Address, queue, queue_returning_id
from microblog.origin import Origin
from microblog.ownership import last_recovery_id
from microblog.registration import SignUp

TWICE_WITHIN = timedelta(minutes=1)


def ask_for_address(session: Session, account: Account, address: Address, now: datetime, origin: Origin) -> None:
    """Begin a move, post its letter to the new address, and tell the present ones. It replaces one begun before.

    The same asked twice within a minute is a double click, and one move.

    Raises:
        BadNewAddress: it is the account's address already.
    """
    if address.key == account.email_key:
        raise BadNewAddress
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())  # one after the other
    begun = select(AddressChange.id).where(AddressChange.account_id == account.id, AddressChange.completed_at.is_(None))
    recent = and_(AddressChange.asked_at > now - TWICE_WITHIN, AddressChange.asked_at <= now + SKEW)
    if session.scalar(begun.where(AddressChange.new_email_key == address.key, recent).limit(1)):
        return
    give_up_moves(session, account.id)
    change = AddressChange(
        account_id=account.id,
        old_email=account.email,
        old_email_key=account.email_key,
        new_email=address.spelled,
        new_email_key=address.key,
        asked_at=now,
    )
    session.add(change)
    session.flush()
    payload = AddressChangeLink(change.id, now)
    letter_id = queue_returning_id(session, CHANGE_ADDRESS, to=address.spelled, payload=payload, now=now)
    session.flush()
    events.record(session, account.id, EventType.EMAIL_CHANGE_REQUESTED, now, origin=origin, letter_id=letter_id)
    told = AddressChangeAsked(account.username, now, origin)
    for to in notice_addresses(session, account):
        queue(session, ADDRESS_CHANGE_ASKED, to=to, payload=told, now=now)


def opened_change(
    session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime
) -> tuple[AddressChange, Account]:
    """Return the move a genuine link completes, and whose it is; changes nothing.

    Raises:
        LinkOver: it was completed, replaced, took too long, or somebody else has the address by now.
    """
    change = session.get(AddressChange, claims.subject)
    account = get_account(session, change.account_id) if change and not change.completed_at else None
    if change is None or account is None or is_stopped(change, account):
        raise ChangeLinkUsed
    if not signer.matches(claims, *change_state(change, account)):
        raise ChangeLinkUsed
    if claims.over(now, OPEN_FOR):
        raise ChangeLinkExpired
    if holder(session, change.new_email_key, but=account.id):
        raise AddressTaken
    return change, account


def complete_change(
    session: Session, signer: LinkSigner, claims: TokenClaims, session_id: int | None, now: datetime, origin: Origin
) -> None:
    """Move the account, end all logins but one (all, where none is given), and tell the addresses it had.

    All reset links die, for they are bound to the address.

    Raises:
        LinkOver: as `opened_change`; of two at once, one is completed.
    """
    change, account = opened_change(session, signer, claims, now)
    told = notice_addresses(session, account)
    before = present_addresses(session, account)[0]
    since = since_when(session, account, change.new_email_key, now)
    move(session, account, change.new_email, change.new_email_key, email_since=since)
    forget_removed(session, account.id, [change.new_email_key])
    note_removed(session, account.id, before, now)
    change.completed_at, change.last_recovery_id = now, last_recovery_id(session, account.id)
    own_second = SecondAddress.account_id == account.id, SecondAddress.email_key == change.new_email_key
    session.execute(delete(SecondAddress).where(*own_second))
    session.execute(delete(SignUp).where(SignUp.email_key == change.new_email_key))
    end_sessions_but(session, account.id, but=session_id)
    events.record(session, account.id, EventType.EMAIL_CHANGED, now, origin=origin)
    payload = AddressChanged(change.id, account.username, origin)
    for to in dict.fromkeys(told):
        if to != change.new_email:
            queue(session, ADDRESS_CHANGED, to=to, payload=payload, now=now)


def move(session: Session, account: Account, email: str, email_key: str, **more: object) -> None:
    """Give an account another address, and perhaps other values, if it is as it was read.

    Raises:
        LinkOver: it was changed meanwhile, or somebody else has the address.
    """
    same = Account.email_key == account.email_key, Account.password_hash == account.password_hash
    statement = update(Account).where(Account.id == account.id, *same, Account.deactivated_at.is_(None))
    statement = statement.values(email=email, email_key=email_key, **more)
    try:
        with session.begin_nested():
            moved = session.scalar(statement.returning(Account.id))
    except IntegrityError as error:  # another transaction gave it away just now
        raise AddressTaken from error
    if moved is None:
        raise ChangeLinkUsed


def give_up_moves(session: Session, account_id: int) -> None:
    """Forget what was begun and not completed; a letter about it that waits is not sent."""
    begun = AddressChange.account_id == account_id, AddressChange.completed_at.is_(None)
    session.execute(delete(AddressChange).where(*begun))
