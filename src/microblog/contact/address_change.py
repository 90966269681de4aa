"""Changing the email address of an account: requested, then completed by a link at the new address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import renew_session
from microblog.auth.sessions import end_sessions_but
from microblog.clock import SKEW
from microblog.contact.address_owners import holder
from microblog.contact.emails.address_change_asked import ADDRESS_CHANGE_ASKED, AddressChangeAsked
from microblog.contact.emails.address_changed import ADDRESS_CHANGED, AddressChanged
from microblog.contact.emails.change_address import CHANGE_ADDRESS, AddressChangeLink
from microblog.contact.errors import BadNewAddress
from microblog.contact.links import is_stopped
from microblog.contact.models import AddressChange
from microblog.context import Context
from microblog.identity import (
    Account,
    get_account,
    notice_addresses,
    present_addresses,
)
from microblog.identity.accounts import assign_email_if_unchanged
from microblog.identity.addresses import forget_removed, record_removed, since_when
from microblog.identity.backup_emails import delete_backup_email_equal_to
from microblog.links import GenuineLink, LinkProblem
from microblog.mail import Address, queue, queue_returning_id
from microblog.origin import Origin
from microblog.ownership import last_recovery_id
from microblog.registration import cancel_sign_ups

TWICE_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class OpenedChange:
    """A change of address whose link was opened, waiting for the button."""

    link: GenuineLink
    change: AddressChange
    account: Account


def ask_for_address(session: Session, account: Account, address: Address, now: datetime, origin: Origin) -> None:
    """Begin a change of address, email the new address, and tell the current ones. It replaces one begun before.

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
    cancel_address_changes(session, account.id)
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
    email_id = queue_returning_id(session, CHANGE_ADDRESS, to=address.spelled, payload=payload, now=now)
    session.flush()
    events.record(session, account.id, EventType.EMAIL_CHANGE_REQUESTED, now, origin=origin, email_id=email_id)
    told = AddressChangeAsked(account.username, now, origin)
    for to in notice_addresses(session, account):
        queue(session, ADDRESS_CHANGE_ASKED, to=to, payload=told, now=now)


def open_change(session: Session, link: GenuineLink, now: datetime) -> OpenedChange:
    """Return the change that a link completes, and of which account; changes nothing.

    Raises:
        LinkRefused: it was completed, replaced, took too long, or somebody else has the address by now.
    """
    change = session.get(AddressChange, link.subject)
    account = get_account(session, change.account_id) if change and not change.completed_at else None
    if change is None or account is None or is_stopped(change, account):
        raise link.refused(LinkProblem.USED)
    if not link.matches(change, account):
        raise link.refused(LinkProblem.USED)
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED)
    if holder(session, change.new_email_key, but=account.id):
        raise link.refused(LinkProblem.ADDRESS_TAKEN)
    return OpenedChange(link, change, account)


def complete_address_change(context: Context, opened: OpenedChange, session_id: int | None) -> str | None:
    """Give the account the new address and end all sessions but one, whose new secret is returned.

    Whoever calls this knows that it is the owner: by that session, or by the password.

    Raises:
        LinkRefused: as `open_change`; of two at once, one is completed.
    """
    with context.writing() as session:
        complete_change(session, opened.link, session_id, context.now, context.origin)
        return renew_session(session, opened.account.id, session_id) if session_id else None


def complete_change(session: Session, link: GenuineLink, session_id: int | None, now: datetime, origin: Origin) -> None:
    """Do the same, as part of a transaction, and tell the addresses the account had.

    All reset links die, for they are bound to the address.
    """
    opened = open_change(session, link, now)
    change, account = opened.change, opened.account
    told = notice_addresses(session, account)
    before = present_addresses(session, account)[0]
    since = since_when(session, account, change.new_email_key, now)
    move_account(session, opened, since)
    forget_removed(session, account.id, [change.new_email_key])
    record_removed(session, account.id, before, now)
    change.completed_at, change.last_recovery_id = now, last_recovery_id(session, account.id)
    delete_backup_email_equal_to(session, account.id, change.new_email_key)
    cancel_sign_ups(session, change.new_email_key)
    end_sessions_but(session, account.id, but=session_id)
    events.record(session, account.id, EventType.EMAIL_CHANGED, now, origin=origin)
    payload = AddressChanged(change.id, account.username, origin)
    for to in dict.fromkeys(told):
        if to != change.new_email:
            queue(session, ADDRESS_CHANGED, to=to, payload=payload, now=now)


def move_account(session: Session, opened: OpenedChange, since: datetime) -> None:
    """Give an account its new address, `since` then, unless the account changed after it was read.

    Raises:
        LinkRefused: it was changed meanwhile, or somebody else has the address.
    """
    change, account = opened.change, opened.account
    try:
        moved = assign_email_if_unchanged(session, account, Address(change.new_email, change.new_email_key), since)
    except IntegrityError as error:  # another transaction gave it away just now
        raise opened.link.refused(LinkProblem.ADDRESS_TAKEN) from error
    if not moved:
        raise opened.link.refused(LinkProblem.USED)


def cancel_address_changes(session: Session, account_id: int) -> None:
    """Delete changes that were begun and not completed; an email about one that waits isn't sent."""
    begun = AddressChange.account_id == account_id, AddressChange.completed_at.is_(None)
    session.execute(delete(AddressChange).where(*begun))
