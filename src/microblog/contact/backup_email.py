"""A second address: typed by a member, confirmed by a letter there, and removed again.

The request looks nobody up. The worker does, when it writes the letter: to a free address goes the link, and the owner
of one that is taken is told, so no page says whose an address is.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import Happened, events
from microblog.auth import hold, refuse_after_recovery
from microblog.contact.errors import SecondAddressOver, SecondAddressRefused, SecondAddressTaken
from microblog.contact.models import PendingSecondAddress
from microblog.identity import Account, Role, SecondAddress, Standing, get_account, notice_addresses
from microblog.identity.addresses import forget_removed, note_removed, since_when
from microblog.links import Claims, LinkSigner
from microblog.mail import Address, Kind, post
from microblog.origin import Origin
from microblog.ownership import ChangeKind, note_change
from microblog.settings import Settings

PURPOSE = "second_address"
SECOND_ADDRESS_LETTER = Kind("second_address", urgent=True)
ADDED_LETTER = Kind("second_address_added", urgent=True)
REMOVED_LETTER = Kind("second_address_removed", urgent=True)
OPEN_FOR = timedelta(days=1)
NOTICE_USEFUL_FOR = timedelta(days=7)


def second_address_signer(settings: Settings) -> LinkSigner:
    """Return the maker of links that confirm a second address on this site."""
    return LinkSigner(PURPOSE, str(settings.public_url), settings.keys(PURPOSE))


def link_state(account: Account, pending: PendingSecondAddress) -> tuple[str, str, str]:
    """Return what a link is bound to: it dies with any change of password or first address, and by another asking."""
    return pending.email_key, account.password_hash, account.email_key


def ask_second_address(session: Session, verified: Account, address: Address, now: datetime, origin: Origin) -> None:
    """Keep the address and post its letter, for a member whose password was just checked. Nobody is looked up.

    Raises:
        RecoveredLately: the account was recovered within a day.
        SecondAddressRefused: it is the member's own already, or there is one.
        WrongPassword: it was changed since it was checked.
    """
    account = hold(session, verified)
    refuse_after_recovery(account, now)
    if address.key == account.email_key:
        raise SecondAddressRefused("This is your first address already. Please name another one.")
    if session.get(SecondAddress, account.id):
        raise SecondAddressRefused("You have a second address already. Remove it first to name another.")
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
    facts = {"account": account.id, "key": address.key}
    key = f"second {account.id} {address.key}"
    post(session, SECOND_ADDRESS_LETTER, to=address.spelled, facts=facts, useful_for=OPEN_FOR, now=now, key=key)
    events.record(session, account.id, Happened.SECOND_ADDRESS_ASKED, now, origin=origin)


def opened_second_address(
    session: Session, signer: LinkSigner, claims: Claims, now: datetime
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


def confirm_second_address(session: Session, signer: LinkSigner, claims: Claims, now: datetime, origin: Origin) -> None:
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
    events.record(session, account.id, Happened.SECOND_ADDRESS_ADDED, now, origin=origin)
    change_id = note_change(session, account.id, ChangeKind.BACKUP_ADDED, [account.email], now)
    tell(session, ADDED_LETTER, account, notice_addresses(session, account), added.email, now, origin, change_id)


def remove_second_address(session: Session, verified: Account, now: datetime, origin: Origin) -> None:
    """Remove the address of a member whose password was just checked, note it, and tell both addresses.

    Links to choose a new password that are under way die, for one of them may be in the mailbox that is removed.

    Removing is never refused for a time after a recovery: a thief may have added it. For 14 days it is remembered, so
    that its owner can have it back if a thief removed it.

    Raises:
        SecondAddressRefused: there is none.
        WrongPassword: it was changed since it was checked.
    """
    account = hold(session, verified)
    told = notice_addresses(session, account)
    gone, change_id = take_off(session, account, now)
    events.record(session, account.id, Happened.SECOND_ADDRESS_REMOVED, now, origin=origin)
    tell(session, REMOVED_LETTER, account, told, gone.email, now, origin, change_id)


def take_off(session: Session, account: Account, now: datetime) -> tuple[Standing, int]:
    """Take the backup email off an account whose row is held; return it, and the number of the change.

    Raises:
        SecondAddressRefused: there is none.
    """
    row = session.get(SecondAddress, account.id, populate_existing=True)
    if row is None:
        raise SecondAddressRefused("You have no backup email any more, so there is nothing to remove.")
    gone = Standing(row.email, row.email_key, Role.BACKUP, row.added_at)
    session.delete(row)
    account.second_removed_at = now
    session.flush()
    note_removed(session, account.id, gone, now)
    return gone, note_change(session, account.id, ChangeKind.BACKUP_REMOVED, [account.email], now)


def owner_of(session: Session, email_key: str) -> tuple[Account, str] | None:
    """Return the account an address belongs to, active or not, and how it is spelled there."""
    first = session.scalar(select(Account).where(Account.email_key == email_key))
    if first:
        return first, first.email
    second = session.scalar(select(SecondAddress).where(SecondAddress.email_key == email_key))
    return (session.get_one(Account, second.account_id), second.email) if second else None


def tell(
    session: Session,
    kind: Kind,
    account: Account,
    to: list[str],
    address: str,
    now: datetime,
    origin: Origin,
    change_id: int,
) -> None:
    """Post the email that says what was done, to each address."""
    done = {"username": account.username, "address": address, "at": now.isoformat(), "origin": origin.words}
    facts = {**done, "change": change_id}
    for one in to:
        post(session, kind, to=one, facts=facts, useful_for=NOTICE_USEFUL_FOR, now=now)
