"""Recovery by an administrator, who knows the member: a link to hand over, and what else leads into the account."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import Happened, record
from microblog.contact import AddressChange, PendingSecondAddress
from microblog.identity import Account, SecondAddress, find_any, find_reached, notice_addresses, removed_addresses
from microblog.identity.addresses import forget_removed
from microblog.mail import Address, Kind, canonical_identifier, post
from microblog.origin import Origin
from microblog.ownership import Means, owner_addresses
from microblog.recovery.codes import codes_left, end_codes
from microblog.recovery.errors import AddressOfAnother, NobodyToRecover, RecoverDeactivated
from microblog.recovery.owner_is_back import Proof, owner_is_back
from microblog.recovery.reset import BY_ADMINISTRATOR, ResetLinks
from microblog.refusals import NothingToDo
from microblog.registration import SignUp

OPERATOR_LETTER = Kind("recovered_by_operator", urgent=True)
BACKUP_REMOVED_LETTER = Kind("backup_email_removed_by_operator", urgent=True)
CODES_ENDED_LETTER = Kind("recovery_codes_ended_by_operator", urgent=True)
EMAIL_SET_LETTER = Kind("email_set_by_operator", urgent=True)
OPERATOR_NOTICES = (OPERATOR_LETTER, BACKUP_REMOVED_LETTER, CODES_ENDED_LETTER, EMAIL_SET_LETTER)
USEFUL_FOR = timedelta(days=7)
LONGEST_NAME = 32


@dataclass(frozen=True)
class Recovered:
    """A link's token, whose it is and until when it works, and at which addresses the owner is told."""

    token: str
    username: str
    ends: datetime
    told: tuple[str, ...]


def recover(session: Session, links: ResetLinks, named: str, operator: str, now: datetime) -> Recovered:
    """Make a link under the rules of all reset links, note who did, and tell the owner. The password stays as it is.

    `operator` is what the operating system calls whoever asks.

    Raises:
        NobodyToRecover, RecoverDeactivated: with the reason for the operator.
    """
    key = canonical_identifier(named)
    reached = find_reached(session, key)
    if reached is None:
        if found := find_any(session, key):
            raise RecoverDeactivated(found.username)
        raise NobodyToRecover(named)
    account = reached.account
    token, ends = links.sign(account, now, BY_ADMINISTRATOR)
    told = tuple(notice_addresses(session, account))
    record(session, account.id, Happened.RECOVERED_BY_OPERATOR, now, detail=f"by {word_of(operator)}")
    facts = {"username": account.username, "at": now.isoformat(), "minutes": links.minutes}
    for to in told:
        post(session, OPERATOR_LETTER, to=to, facts=facts, useful_for=USEFUL_FOR, now=now)
    return Recovered(token, account.username, ends, told)


def remove_backup_email(session: Session, account: Account, operator: str, now: datetime) -> str:
    """Remove the backup email of an account, and one that is not confirmed yet; return the address.

    Links to choose a new password that are under way end, for one of them may be in the mailbox that is removed.

    Raises:
        NothingToDo: there is neither.
        NobodyToRecover: the account was deleted meanwhile.
    """
    account = locked(session, account)
    told = notice_addresses(session, account)
    backup = delete(SecondAddress).where(SecondAddress.account_id == account.id)
    pending = delete(PendingSecondAddress).where(PendingSecondAddress.account_id == account.id)
    unconfirmed = session.scalar(pending.returning(PendingSecondAddress.email))
    address: str | None = session.scalar(backup.returning(SecondAddress.email)) or unconfirmed
    if address is None:
        raise NothingToDo("This account has no backup email.")
    account.second_removed_at = now
    note(session, account, Happened.SECOND_ADDRESS_REMOVED, operator, now)
    tell(session, BACKUP_REMOVED_LETTER, account, told, now, address=address)
    return address


def end_recovery_codes(session: Session, account: Account, operator: str, now: datetime) -> int:
    """End every recovery code of an account, and return how many there were.

    Raises:
        NothingToDo: there are none.
        NobodyToRecover: the account was deleted meanwhile.
    """
    account = locked(session, account)
    number = codes_left(session, account.id).number
    if not number:
        raise NothingToDo("This account has no recovery codes.")
    end_codes(session, account.id)
    note(session, account, Happened.CODES_ENDED, operator, now)
    tell(session, CODES_ENDED_LETTER, account, notice_addresses(session, account), now)
    return number


def set_email(session: Session, account: Account, address: Address, operator: str, now: datetime) -> str:
    """Give an account another email address, which the administrator vouches for; return the one it had.

    Every session ends, and every link that was sent before: no removed address leads back to the account. The backup
    email and the password stay as they are. The previous addresses are told, without a link that could undo it.

    Raises:
        NothingToDo: it is the account's email address already.
        AddressOfAnother: it belongs to another account.
        NobodyToRecover: the account was deleted meanwhile.
    """
    account = locked(session, account)
    if address.key == account.email_key:
        raise NothingToDo("That is the email address of this account already.")
    owner = find_any(session, address.key)
    if owner is not None and owner.id != account.id:
        raise AddressOfAnother
    before, told = account.email, owner_addresses(session, account, now)
    try:
        with session.begin_nested():
            account.email, account.email_key = address.spelled, address.key
            account.email_since = account.created_at  # no other address outranks what an administrator set
    except IntegrityError as error:  # another account got it in the same moment
        raise AddressOfAnother from error
    end_ways_back(session, account, now)
    note(session, account, Happened.ADDRESS_CHANGED, operator, now)
    tell(session, EMAIL_SET_LETTER, account, dict.fromkeys([*told, address.spelled]), now)
    return before


def end_ways_back(session: Session, account: Account, now: datetime) -> None:
    """End what others may hold; links that choose a password end with the address."""
    former = [one.email_key for one in removed_addresses(session, account.id, now)]
    forget_removed(session, account.id, [*former, account.email_key])
    owner_is_back(session, account, Proof(Means.EMAIL_SET, account.created_at), now, Origin())
    moves = AddressChange.account_id == account.id, AddressChange.taken_back_at.is_(None)
    session.execute(update(AddressChange).where(*moves).values(taken_back_at=now))
    equal = SecondAddress.account_id == account.id, SecondAddress.email_key == account.email_key
    session.execute(delete(SecondAddress).where(*equal))
    session.execute(delete(SignUp).where(SignUp.email_key == account.email_key))


def locked(session: Session, account: Account) -> Account:
    """Return an account as it is now, held until the transaction ends."""
    found = session.get(Account, account.id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NobodyToRecover(account.username)
    return found


def note(session: Session, account: Account, happened: Happened, operator: str, now: datetime) -> None:
    """Note what an administrator did, and who it was."""
    record(session, account.id, happened, now, detail=f"by {word_of(operator)}")


def tell(session: Session, kind: Kind, account: Account, to: Iterable[str], now: datetime, **more: str) -> None:
    """Post the email about it to each address."""
    facts = {"username": account.username, "at": now.isoformat(), **more}
    for one in to:
        post(session, kind, to=one, facts=facts, useful_for=USEFUL_FOR, now=now)


def word_of(operator: str) -> str:
    """Return an operating system's user name as one word of plain letters, which can carry no text."""
    return re.sub(r"[^A-Za-z0-9._-]", "", operator)[:LONGEST_NAME] or "somebody"
