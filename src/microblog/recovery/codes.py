"""Recovery codes: ten that a member prints, each good once for a new password without mail.

A code has 120 random bits, so a plain keyed hash keeps it safe (ASVS 5.0 6.5.2 asks that of secrets from 112 bits on)
and nobody guesses one, however often they may try.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from microblog.audit import EventType, hash_identifier, record
from microblog.auth import lock_verified, refuse_after_recovery
from microblog.context import Context
from microblog.identity import Account, find_by_any_name, notice_addresses
from microblog.identity.accounts import reset_password_of_locked
from microblog.mail import canonical_identifier, queue, without_invisible
from microblog.origin import Origin
from microblog.ownership import ChangeKind, Means, Proof, record_change
from microblog.recovery.changed import password_changed
from microblog.recovery.emails.password_changed import Way
from microblog.recovery.emails.recovery_codes_made import RECOVERY_CODES_MADE, RecoveryCodesMade
from microblog.recovery.errors import BadCode, WrongCode
from microblog.recovery.models import RecoveryCode
from microblog.recovery.owner_is_back import owner_is_back

PURPOSE = "recovery codes"
HOW_MANY, FEW = 10, 3
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that reads like a digit or another letter
LENGTH, GROUP = 24, 4
READ_AS = str.maketrans("OIL", "011", "-\u2010\u2011\u2013\u2014")  # hyphens and dashes, as some programs print them


@dataclass(frozen=True)
class CodesLeft:
    """The number of a member's unused codes, and when they were made; None if never."""

    number: int
    made_at: datetime | None

    @property
    def few(self) -> bool:
        """True if it is time to make new ones."""
        return self.made_at is not None and self.number <= FEW


def new_code() -> str:
    """Make a code as it is printed: six groups of four."""
    signs = [secrets.choice(ALPHABET) for _ in range(LENGTH)]
    return "-".join("".join(signs[start : start + GROUP]) for start in range(0, LENGTH, GROUP))


def read_code(typed: str) -> str:
    """Return a code without its hyphens, whatever case, spaces and look-alikes it was typed with.

    Raises:
        BadCode: it can be none.
    """
    code = "".join(without_invisible(typed).upper().translate(READ_AS).split())
    if len(code) != LENGTH or set(code) - set(ALPHABET):
        raise BadCode
    return code


def hash_code(key: bytes, account_id: int, code: str) -> str:
    """Return what is kept of a code."""
    return hmac.digest(key, f"{account_id} {code}".encode(), "sha256").hex()


def codes_left(session: Session, account_id: int) -> CodesLeft:
    """Count the codes of a member. When none is left it is not known any more when they were made."""
    asked = select(func.count(), func.max(RecoveryCode.made_at)).where(RecoveryCode.account_id == account_id)
    number, made_at = session.execute(asked).one()
    return CodesLeft(number, made_at)


def create_recovery_codes(context: Context, verified: Account) -> tuple[str, ...]:
    """Make ten codes for a member whose password was just verified. Only hashes of them are kept.

    Raises:
        RecoveredLately: the account was recovered within a day.
        ChangedMeanwhile: the password was changed since it was verified.
    """
    with context.writing() as session:
        return make_codes(session, context.settings.keys(PURPOSE), verified, context.now, context.origin)


def end_own_codes(context: Context, verified: Account) -> None:
    """End every code of a member whose password was just verified. Never refused after a recovery: a thief may have
    made them.

    Raises:
        ChangedMeanwhile: the password was changed since it was verified.
    """
    with context.writing() as session:
        account = lock_verified(session, verified)
        end_codes(session, account.id)
        record(session, account.id, EventType.RECOVERY_CODES_ENDED, context.now, origin=context.origin)


def count_codes(context: Context, account_id: int) -> CodesLeft:
    """Count the codes of a member."""
    with context.reading() as session:
        return codes_left(session, account_id)


def make_codes(
    session: Session, keys: Sequence[bytes], verified: Account, now: datetime, origin: Origin
) -> tuple[str, ...]:
    """Make ten codes in place of all before, for a member whose password was just checked; note it and tell them.

    Raises:
        RecoveredLately: the account was recovered within a day.
        ChangedMeanwhile: it was changed since it was checked.
    """
    account = lock_verified(session, verified)
    refuse_after_recovery(account, now)
    codes = tuple(new_code() for _ in range(HOW_MANY))
    end_codes(session, account.id)
    for code in codes:
        code_hash = hash_code(keys[0], account.id, read_code(code))
        session.add(RecoveryCode(account_id=account.id, code_hash=code_hash, made_at=now))
    record(session, account.id, EventType.RECOVERY_CODES_MADE, now, origin=origin)
    told = notice_addresses(session, account)
    change_id = record_change(session, account.id, ChangeKind.CODES_MADE, told, now)
    payload = RecoveryCodesMade(account.username, now, origin, change_id)
    for to in told:
        queue(session, RECOVERY_CODES_MADE, to=to, payload=payload, now=now)
    return codes


def end_codes(session: Session, account_id: int) -> None:
    """End every code of an account: its owner says that somebody else made or has them."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def holder_of(session: Session, keys: Sequence[bytes], identifier: str, code: str) -> Account | None:
    """Return the account of a code that is good, None for a wrong one; the same steps where there is no account."""
    account = find_by_any_name(session, identifier)
    good = session.scalar(select(RecoveryCode.id).where(*this_code(keys, account.id if account else 0, code)))
    return account if good is not None else None


def this_code(keys: Sequence[bytes], account_id: int, code: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for one code of one account, kept under the present key or an older one."""
    hashes = [hash_code(key, account_id, code) for key in keys]
    return RecoveryCode.account_id == account_id, RecoveryCode.code_hash.in_(hashes)


def refuse_code(session: Session, secret: bytes, identifier: str, now: datetime, origin: Origin) -> None:
    """Note that a code was refused, with its account or with a keyed hash of the name that was typed."""
    account, key = find_by_any_name(session, identifier), canonical_identifier(identifier)
    account_id, hashed_name = (account.id, "") if account else (None, hash_identifier(secret, key))
    record(session, account_id, EventType.RECOVERY_CODE_REFUSED, now, origin=origin, about=hashed_name)


def use_code(
    session: Session,
    keys: Sequence[bytes],
    opened: Account,
    code: str,
    password_hash: str,
    now: datetime,
    origin: Origin,
) -> int:
    """Use up a code: set the password, end all logins and links, note it, tell the owner; return how many are left.

    Of two that use one code at once, one does.

    Raises:
        WrongCode: it was used just now, or the account was deactivated.
    """
    # The account before its codes, as where these are made: the other way round, two could wait for each other.
    active = select(Account).where(Account.id == opened.id, Account.deactivated_at.is_(None))
    account = session.scalar(active.with_for_update())
    used = delete(RecoveryCode).where(*this_code(keys, opened.id, code)).returning(RecoveryCode.made_at)
    made_at = session.scalar(used) if account else None
    if account is None or made_at is None:
        raise WrongCode
    reset_password_of_locked(session, opened.id, password_hash, now)
    returned = owner_is_back(session, account, Proof(Means.CODE, made_at), now, origin)
    left = codes_left(session, opened.id).number
    password_changed(session, opened, origin, Way.CODE, now, returned.recovery_id)
    record(session, opened.id, EventType.RECOVERY_CODE_USED, now, origin=origin, detail=f"codes_left:{left}")
    return left
