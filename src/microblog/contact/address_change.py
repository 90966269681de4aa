"""Taking an address back: for whoever reads the mail of an address the account had, for a week after it was changed."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import Happened, events
from microblog.auth.sessions import end_other_logins
from microblog.clock import SKEW
from microblog.contact.errors import BadNewAddress
from microblog.contact.models import AddressChange
from microblog.identity import (
    Account,
    SecondAddress,
    get_account,
    notice_addresses,
    present_addresses,
)
from microblog.identity.addresses import forget_removed, note_removed, since_when
from microblog.links import Claims, LinkSigner
from microblog.mail import Address, Kind, canonical_identifier, post, post_numbered
from microblog.origin import Origin
from microblog.ownership import last_recovery_id
from microblog.refusals import LinkOver
from microblog.registration import SignUp

BACK_WITHIN = timedelta(days=7)


def return_state(change: AddressChange, recipient: str) -> tuple[object, ...]:
    """Return what a link to take an address back is bound to. A change of the password does not end it."""
    completed = change.completed_at and change.completed_at.isoformat()
    return change.account_id, change.old_email_key, change.new_email_key, completed, canonical_identifier(recipient)


CHANGE_ADDRESS_LETTER = Kind("change_address", urgent=True)


ADDRESS_ASKED_LETTER = Kind("address_change_asked", urgent=True)


ADDRESS_CHANGED_LETTER = Kind("address_changed", urgent=True)


OPEN_FOR = timedelta(days=1)


TWICE_WITHIN = timedelta(minutes=1)


NOTICE_USEFUL_FOR = timedelta(days=7)


USED = "Each link works once. This one was used, or replaced by a newer one, or the account was changed since."


EXPIRED = "It worked for a day. You can ask for another on the page of your account."


TAKEN = "Another account has this address now, and an address belongs to one account only. Nothing was changed."


TAKEN_TITLE = "This address belongs to another account"


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
    facts = {"change": change.id, "asked": now.isoformat()}
    letter_id = post_numbered(
        session, CHANGE_ADDRESS_LETTER, to=address.spelled, facts=facts, useful_for=OPEN_FOR, now=now
    )
    session.flush()
    events.record(session, account.id, Happened.ADDRESS_CHANGE_ASKED, now, origin=origin, letter_id=letter_id)
    told = {"username": account.username, "at": now.isoformat(), "origin": origin.words}
    for to in notice_addresses(session, account):
        post(session, ADDRESS_ASKED_LETTER, to=to, facts=told, useful_for=NOTICE_USEFUL_FOR, now=now)


def opened_change(session: Session, signer: LinkSigner, claims: Claims, now: datetime) -> tuple[AddressChange, Account]:
    """Return the move a genuine link completes, and whose it is; changes nothing.

    Raises:
        LinkOver: it was completed, replaced, took too long, or somebody else has the address by now.
    """
    change = session.get(AddressChange, claims.subject)
    account = get_account(session, change.account_id) if change and not change.completed_at else None
    if change is None or account is None or is_stopped(change, account):
        raise LinkOver(USED, "This link has been used or replaced")
    if not signer.matches(claims, *change_state(change, account)):
        raise LinkOver(USED, "This link has been used or replaced")
    if claims.over(now, OPEN_FOR):
        raise LinkOver(EXPIRED, "This link has expired")
    if holder(session, change.new_email_key, but=account.id):
        raise LinkOver(TAKEN, TAKEN_TITLE)
    return change, account


def complete_change(
    session: Session, signer: LinkSigner, claims: Claims, login_id: int | None, now: datetime, origin: Origin
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
    end_other_logins(session, account.id, but=login_id)
    events.record(session, account.id, Happened.ADDRESS_CHANGED, now, origin=origin)
    facts = {"change": change.id, "username": account.username, "origin": origin.words}
    for to in dict.fromkeys(told):
        if to != change.new_email:
            post(session, ADDRESS_CHANGED_LETTER, to=to, facts=facts, useful_for=NOTICE_USEFUL_FOR, now=now)


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
        raise LinkOver(TAKEN, TAKEN_TITLE) from error
    if moved is None:
        raise LinkOver(USED, "This link has been used or replaced")


def is_stopped(change: AddressChange, account: Account) -> bool:
    """Tell whether the account was recovered since: a move that was begun before is then nobody's wish any more."""
    return account.recovered_at is not None and account.recovered_at > change.asked_at


def give_up_moves(session: Session, account_id: int) -> None:
    """Forget what was begun and not completed; a letter about it that waits is not sent."""
    begun = AddressChange.account_id == account_id, AddressChange.completed_at.is_(None)
    session.execute(delete(AddressChange).where(*begun))


def holder(session: Session, email_key: str, *, but: int) -> Account | None:
    """Return whoever else has this address, as their first or second one."""
    second = select(SecondAddress.account_id).where(SecondAddress.email_key == email_key)
    theirs = (Account.email_key == email_key) | Account.id.in_(second)
    return session.scalar(select(Account).where(theirs, Account.id != but).limit(1))


def change_state(change: AddressChange, account: Account) -> tuple[str, ...]:
    """Return what a link to complete a move is bound to."""
    return account.password_hash, account.email_key, change.new_email_key, change.asked_at.isoformat()
