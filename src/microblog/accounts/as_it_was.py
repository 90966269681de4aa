"""Putting an account back to how it could be reached at an earlier moment: what somebody else may have changed goes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.accounts.models import Account, AddressChange, PendingSecondAddress, RecoveryCode, SecondAddress
from microblog.accounts.passwords import no_password
from microblog.accounts.sign_in import end_logins
from microblog.mail import canonical_identifier


@dataclass(frozen=True)
class AsItWas:
    """By which addresses an account's owner could be reached at a moment; `second_email` is empty where by none."""

    at: datetime
    email: str
    second_email: str


def lock_and_put_back(session: Session, account: Account, was: AsItWas, now: datetime, muted_until: datetime) -> bool:
    """End all logins, lock the password, put the addresses back, and undo every other way in that was made since.

    False where an address could not be put back, because somebody else has it by now. The account's row is the
    caller's to hold, so that nothing of this happens at the same time as a change of the password.
    """
    end_logins(session, account.id)
    locked = {"password_hash": no_password(), "muted_until": muted_until}
    session.execute(update(Account).where(Account.id == account.id).values(locked))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))  # the sheet may be stolen too
    session.execute(delete(PendingSecondAddress).where(PendingSecondAddress.account_id == account.id))
    end_address_changes(session, account.id, was.at, now)
    second_key = canonical_identifier(was.second_email)
    others = SecondAddress.account_id == account.id, SecondAddress.email_key != second_key
    session.execute(delete(SecondAddress).where(*others))
    first = put_back_first(session, account, was.email)
    return put_back_second(session, account, was.second_email, now) and first


def end_address_changes(session: Session, account_id: int, since: datetime, now: datetime) -> None:
    """End what is under way to another address, and keep whoever moved the account since from moving it back."""
    theirs = AddressChange.account_id == account_id
    session.execute(delete(AddressChange).where(theirs, AddressChange.completed_at.is_(None)))
    done = AddressChange.completed_at >= since, AddressChange.taken_back_at.is_(None)
    session.execute(update(AddressChange).where(theirs, *done).values(taken_back_at=now))


def put_back_first(session: Session, account: Account, email: str) -> bool:
    """Give an account an address again. False where somebody else has it."""
    key = canonical_identifier(email)
    if account.email_key == key:
        return True
    if has_another(session, account, key):
        return False
    values = {"email": email, "email_key": key}
    try:
        with session.begin_nested():
            session.execute(update(Account).where(Account.id == account.id).values(values))
    except IntegrityError:  # somebody took it in the same moment
        return False
    return True


def put_back_second(session: Session, account: Account, email: str, now: datetime) -> bool:
    """Give an account its second address again. False where somebody else has it."""
    key = canonical_identifier(email)
    if not email or session.get(SecondAddress, account.id, populate_existing=True) is not None:
        return True
    if has_another(session, account, key):
        return False
    try:
        with session.begin_nested():
            session.add(SecondAddress(account_id=account.id, email=email, email_key=key, added_at=now))
    except IntegrityError:
        return False
    return True


def has_another(session: Session, account: Account, key: str) -> bool:
    """Tell whether an address is the first or second one of another account."""
    first = select(Account.id).where(Account.email_key == key, Account.id != account.id)
    second = select(SecondAddress.account_id).where(SecondAddress.email_key == key)
    return session.scalar(first.union_all(second.where(SecondAddress.account_id != account.id)).limit(1)) is not None
