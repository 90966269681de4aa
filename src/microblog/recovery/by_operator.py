"""Recovery by an administrator, who knows the member: a link to hand over, and what else leads into the account."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, record
from microblog.auth import AccountChanged, Administrator, change_account
from microblog.contact import cancel_pending_backup_email, revert_changes_since
from microblog.context import Context
from microblog.identity import Account, find_any, find_reached, notice_addresses, removed_addresses
from microblog.identity.accounts import assign_email
from microblog.identity.addresses import forget_removed
from microblog.identity.backup_emails import (
    delete_backup_email,
    delete_backup_email_equal_to,
    mark_backup_email_removed,
)
from microblog.links import Links
from microblog.mail import Address, canonical_identifier, queue
from microblog.origin import Origin
from microblog.ownership import Means, Proof, owner_addresses
from microblog.recovery.codes import codes_left, end_codes
from microblog.recovery.emails.backup_email_removed_by_operator import (
    BACKUP_EMAIL_REMOVED_BY_OPERATOR,
    BackupEmailRemovedByOperator,
)
from microblog.recovery.emails.email_set_by_operator import EMAIL_SET_BY_OPERATOR, EmailSetByOperator
from microblog.recovery.emails.recovered_by_operator import RECOVERED_BY_OPERATOR, RecoveredByOperator
from microblog.recovery.emails.recovery_codes_ended_by_operator import (
    RECOVERY_CODES_ENDED_BY_OPERATOR,
    RecoveryCodesEndedByOperator,
)
from microblog.recovery.errors import (
    AddressOfAnother,
    NoBackupEmail,
    NobodyToRecover,
    NoRecoveryCodes,
    RecoverDeactivated,
    SameEmail,
)
from microblog.recovery.links import BY_ADMINISTRATOR, RESET_LINK, sign_reset_link
from microblog.recovery.owner_is_back import owner_is_back
from microblog.registration import cancel_sign_ups

LONGEST_NAME = 32


@dataclass(frozen=True)
class Recovered:
    """The address of a link, whose it is and until when it works, and at which addresses the owner is told."""

    link: str
    username: str
    ends: datetime
    told: tuple[str, ...]


def make_recovery_link(context: Context, identifier: str, operator: str) -> Recovered:
    """Make a link under the rules of all reset links, for whoever has a username or an address, and tell them.

    The password stays as it is. `operator` is what the operating system calls whoever asks.

    Raises:
        NobodyToRecover: there is no such account.
        RecoverDeactivated: the account is deactivated.
    """
    with context.writing() as session:
        return recover(session, context.links, identifier, operator, context.now)


def remove_backup_email(context: Context, administrator: Administrator, identifier: str) -> AccountChanged[str]:
    """Remove the backup email of an account; the result is the address.

    Raises:
        NoBackupEmail: there is none.
        RecoveredLately, NoSuchAccount, OwnAccount: as `change_account`.
    """

    def change(session: Session, account: Account) -> str:
        return take_off_backup_email(session, account, administrator.name, context.now)

    return change_account(context, administrator, identifier, change, find_any)


def end_recovery_codes(context: Context, administrator: Administrator, identifier: str) -> AccountChanged[int]:
    """End every recovery code of an account; the result is how many there were.

    Raises:
        NoRecoveryCodes: there are none.
        RecoveredLately, NoSuchAccount, OwnAccount: as `change_account`.
    """

    def change(session: Session, account: Account) -> int:
        return end_codes_of(session, account, administrator.name, context.now)

    return change_account(context, administrator, identifier, change, find_any)


def set_email(context: Context, administrator: Administrator, identifier: str, address: Address) -> AccountChanged[str]:
    """Give an account another email address, which the administrator vouches for; the result is the one it had.

    Raises:
        SameEmail: it is the account's email address already.
        AddressOfAnother: it belongs to another account.
        RecoveredLately, NoSuchAccount, OwnAccount: as `change_account`.
    """

    def change(session: Session, account: Account) -> str:
        return replace_email(session, account, address, administrator.name, context.now)

    return change_account(context, administrator, identifier, change, find_any)


def recover(session: Session, links: Links, named: str, operator: str, now: datetime) -> Recovered:
    """Do the same as part of a transaction."""
    key = canonical_identifier(named)
    reached = find_reached(session, key)
    if reached is None:
        if found := find_any(session, key):
            raise RecoverDeactivated(username=found.username)
        raise NobodyToRecover(named=named)
    account = reached.account
    link, ends = sign_reset_link(links, account, now, BY_ADMINISTRATOR)
    told = tuple(notice_addresses(session, account))
    record(session, account.id, EventType.RECOVERY_LINK_MADE, now, detail=f"by_administrator:{word_of(operator)}")
    payload = RecoveredByOperator(account.username, now, links.lifetime(RESET_LINK) // timedelta(minutes=1))
    for to in told:
        queue(session, RECOVERED_BY_OPERATOR, to=to, payload=payload, now=now)
    return Recovered(link, account.username, ends, told)


def take_off_backup_email(session: Session, account: Account, operator: str, now: datetime) -> str:
    """Remove the backup email of an account, and one that is not confirmed yet; return the address.

    Links to choose a new password that are under way end, for one of them may be in the mailbox that is removed.

    Raises:
        NoBackupEmail: there is neither.
        NobodyToRecover: the account was deleted meanwhile.
    """
    account = lock_account(session, account)
    told = notice_addresses(session, account)
    unconfirmed = cancel_pending_backup_email(session, account.id)
    address = delete_backup_email(session, account.id) or unconfirmed
    if address is None:
        raise NoBackupEmail
    mark_backup_email_removed(account, now)
    record_intervention(session, account, EventType.BACKUP_EMAIL_REMOVED, operator, now)
    payload = BackupEmailRemovedByOperator(account.username, now, address)
    for to in told:
        queue(session, BACKUP_EMAIL_REMOVED_BY_OPERATOR, to=to, payload=payload, now=now)
    return address


def end_codes_of(session: Session, account: Account, operator: str, now: datetime) -> int:
    """End every recovery code of an account, and return how many there were.

    Raises:
        NoRecoveryCodes: there are none.
        NobodyToRecover: the account was deleted meanwhile.
    """
    account = lock_account(session, account)
    number = codes_left(session, account.id).number
    if not number:
        raise NoRecoveryCodes
    end_codes(session, account.id)
    record_intervention(session, account, EventType.RECOVERY_CODES_ENDED, operator, now)
    payload = RecoveryCodesEndedByOperator(account.username, now)
    for to in notice_addresses(session, account):
        queue(session, RECOVERY_CODES_ENDED_BY_OPERATOR, to=to, payload=payload, now=now)
    return number


def replace_email(session: Session, account: Account, address: Address, operator: str, now: datetime) -> str:
    """Give an account another email address, which the administrator vouches for; return the one it had.

    Every session ends, and every link that was sent before: no removed address leads back to the account. The backup
    email and the password stay as they are. The previous addresses are told, without a link that could undo it.

    Raises:
        SameEmail: it is the account's email address already.
        AddressOfAnother: it belongs to another account.
        NobodyToRecover: the account was deleted meanwhile.
    """
    account = lock_account(session, account)
    if address.key == account.email_key:
        raise SameEmail
    owner = find_any(session, address.key)
    if owner is not None and owner.id != account.id:
        raise AddressOfAnother
    before, told = account.email, owner_addresses(session, account, now)
    since = account.created_at  # no other address outranks what an administrator set
    try:
        assign_email(session, account.id, address.spelled, address.key, since)
    except IntegrityError as error:  # another account got it in the same moment
        raise AddressOfAnother from error
    end_ways_back(session, account, now)
    record_intervention(session, account, EventType.EMAIL_CHANGED, operator, now)
    payload = EmailSetByOperator(account.username, now)
    for to in dict.fromkeys([*told, address.spelled]):
        queue(session, EMAIL_SET_BY_OPERATOR, to=to, payload=payload, now=now)
    return before


def end_ways_back(session: Session, account: Account, now: datetime) -> None:
    """End what others may hold; links that choose a password end with the address."""
    former = [one.email_key for one in removed_addresses(session, account.id, now)]
    forget_removed(session, account.id, [*former, account.email_key])
    owner_is_back(session, account, Proof(Means.EMAIL_SET, account.created_at), now, Origin())
    revert_changes_since(session, account.id, None, now)
    delete_backup_email_equal_to(session, account.id, account.email_key)
    cancel_sign_ups(session, account.email_key)


def lock_account(session: Session, account: Account) -> Account:
    """Return an account as it is now, held until the transaction ends."""
    found = session.get(Account, account.id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NobodyToRecover(named=account.username)
    return found


def record_intervention(session: Session, account: Account, happened: EventType, operator: str, now: datetime) -> None:
    """Note what an administrator did, and who it was."""
    record(session, account.id, happened, now, detail=f"by_administrator:{word_of(operator)}")


def word_of(operator: str) -> str:
    """Return an operating system's user name as one word of plain letters, which can carry no text."""
    return re.sub(r"[^A-Za-z0-9._-]", "", operator)[:LONGEST_NAME] or "somebody"
