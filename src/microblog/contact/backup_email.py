"""A second address: typed by a member, confirmed by a letter there, and removed again.

The request looks nobody up. The worker does, when it writes the letter: to a free address goes the link, and the owner
of one that is taken is told, so no page says whose an address is.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import lock_verified, refuse_after_recovery
from microblog.contact.address_owners import owner_of
from microblog.contact.backup_email_link import OPEN_FOR, link_state
from microblog.contact.emails.backup_email_notice import BackupEmailChanged
from microblog.contact.emails.second_address import SECOND_ADDRESS, BackupEmailAsked
from microblog.contact.emails.second_address_added import SECOND_ADDRESS_ADDED
from microblog.contact.emails.second_address_removed import SECOND_ADDRESS_REMOVED
from microblog.contact.errors import BackupExists, BackupIsEmail, NoBackup, SecondAddressOver, SecondAddressTaken
from microblog.contact.models import PendingSecondAddress
from microblog.email_context import EmailContext
from microblog.identity import Account, Role, SecondAddress, Standing, get_account, notice_addresses
from microblog.identity.addresses import forget_removed, note_removed, since_when
from microblog.links import LinkSigner, TokenClaims
from microblog.mail import Address, EmailType, queue
from microblog.origin import Origin
from microblog.ownership import ChangeKind, note_change


def ask_second_address(session: Session, verified: Account, address: Address, now: datetime, origin: Origin) -> None:
    """Keep the address and post its letter, for a member whose password was just checked. Nobody is looked up.

    Raises:
        RecoveredLately: the account was recovered within a day.
        BackupIsEmail: it is the member's own already.
        BackupExists: there is one.
        ChangedMeanwhile: it was changed since it was checked.
    """
    account = lock_verified(session, verified)
    refuse_after_recovery(account, now)
    if address.key == account.email_key:
        raise BackupIsEmail
    if session.get(SecondAddress, account.id):
        raise BackupExists
    session.execute(delete(PendingSecondAddress).where(PendingSecondAddress.account_id == account.id))
    session.add(
        PendingSecondAddress(
            account_id=account.id,
            email=address.spelled,
            email_key=address.key,
            asked_at=now,
            expires_at=now + OPEN_FOR,
        )
    )
    payload = BackupEmailAsked(account.id, address.key)
    key = f"second {account.id} {address.key}"
    queue(session, SECOND_ADDRESS, to=address.spelled, payload=payload, now=now, key=key)
    events.record(session, account.id, EventType.BACKUP_EMAIL_REQUESTED, now, origin=origin)


def opened_second_address(
    session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime
) -> tuple[PendingSecondAddress, Account]:
    """Return what a genuine link confirms, and for whose account; changes nothing.

    Raises:
        SecondAddressOver: it was used, replaced, or took too long.
    """
    account, pending = get_account(session, claims.subject), session.get(PendingSecondAddress, claims.subject)
    alive = not claims.over(now, OPEN_FOR) and pending is not None and pending.expires_at > now
    if account is None or pending is None or not alive or not signer.matches(claims, *link_state(account, pending)):
        raise SecondAddressOver
    return pending, account


def confirm_second_address(
    session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime, origin: Origin
) -> None:
    """Add the address, note it, and tell all addresses. Of two that press the button at once, one does.

    Whoever calls this knows that it is the member: signed in, or by the password.

    Raises:
        SecondAddressOver: as `opened_second_address`.
        SecondAddressTaken: it belongs to another account.
        RecoveredLately: the account was recovered within a day.
    """
    pending, account = opened_second_address(session, signer, claims, now)
    account = session.get_one(Account, account.id, with_for_update=True)  # first of all, as when asking
    refuse_after_recovery(account, now)
    if owner_of(session, pending.email_key):
        raise SecondAddressTaken
    used = delete(PendingSecondAddress).where(PendingSecondAddress.account_id == account.id)
    if session.scalar(used.returning(PendingSecondAddress.account_id)) is None:
        raise SecondAddressOver
    since = since_when(session, account, pending.email_key, now)
    forget_removed(session, account.id, [pending.email_key])
    added = SecondAddress(account_id=account.id, email=pending.email, email_key=pending.email_key, added_at=since)
    try:
        with session.begin_nested():
            session.add(added)
    except IntegrityError as error:  # another account confirmed the same address just now
        raise SecondAddressTaken from error
    events.record(session, account.id, EventType.BACKUP_EMAIL_ADDED, now, origin=origin)
    change_id = note_change(session, account.id, ChangeKind.BACKUP_ADDED, [account.email], now)
    change = BackupEmailChanged(account.username, added.email, now, origin, change_id)
    tell(session, SECOND_ADDRESS_ADDED, notice_addresses(session, account), change)


def remove_second_address(session: Session, verified: Account, now: datetime, origin: Origin) -> None:
    """Remove the address of a member whose password was just checked, note it, and tell both addresses.

    Links to choose a new password that are under way die, for one of them may be in the mailbox that is removed.

    Removing is never refused for a time after a recovery: a thief may have added it. For 14 days it is remembered, so
    that its owner can have it back if a thief removed it.

    Raises:
        NoBackup: there is none.
        ChangedMeanwhile: it was changed since it was checked.
    """
    account = lock_verified(session, verified)
    told = notice_addresses(session, account)
    gone, change_id = take_off(session, account, now)
    events.record(session, account.id, EventType.BACKUP_EMAIL_REMOVED, now, origin=origin)
    change = BackupEmailChanged(account.username, gone.email, now, origin, change_id)
    tell(session, SECOND_ADDRESS_REMOVED, told, change)


def take_off(session: Session, account: Account, now: datetime) -> tuple[Standing, int]:
    """Take the backup email off an account whose row is held; return it, and the number of the change.

    Raises:
        NoBackup: there is none.
    """
    row = session.get(SecondAddress, account.id, populate_existing=True)
    if row is None:
        raise NoBackup
    gone = Standing(row.email, row.email_key, Role.BACKUP, row.added_at)
    session.delete(row)
    account.second_removed_at = now
    session.flush()
    note_removed(session, account.id, gone, now)
    return gone, note_change(session, account.id, ChangeKind.BACKUP_REMOVED, [account.email], now)


def tell(
    session: Session, email_type: EmailType[EmailContext, BackupEmailChanged], to: list[str], change: BackupEmailChanged
) -> None:
    """Queue the email that says what was done, to each address."""
    for one in to:
        queue(session, email_type, to=one, payload=change, now=change.at)
