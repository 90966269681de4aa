"""Deactivate or reactivate an account, or end its sessions, as an administrator. Its owner is emailed."""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import (
    AccountChanged,
    Administrator,
    CancelledBy,
    cancel_confirmations,
    cancel_deletion,
    change_account,
    end_sessions,
)
from microblog.contact import cancel_pending_changes
from microblog.context import Context
from microblog.email_context import EmailContext
from microblog.identity import Account, notice_addresses
from microblog.identity.accounts import mark_deactivated, mark_reactivated
from microblog.mail import EmailType, queue
from microblog.moderation.emails.deactivated import DEACTIVATED
from microblog.moderation.emails.reactivated import REACTIVATED
from microblog.moderation.emails.signed_out import SIGNED_OUT
from microblog.moderation.errors import AlreadyDeactivated, NotDeactivated
from microblog.moderation.notice import ModerationNotice
from microblog.origin import NOWHERE

BY_ADMINISTRATOR = "by_administrator"


def sign_out_everywhere(context: Context, administrator: Administrator, identifier: str) -> AccountChanged[int]:
    """End every session of an account; the result is how many there were.

    Raises:
        RecoveredLately, NoSuchAccount, OwnAccount: as `change_account`.
    """

    def change(session: Session, account: Account) -> int:
        return end_sessions_of(session, account, context.now)

    return change_account(context, administrator, identifier, change)


def deactivate(context: Context, administrator: Administrator, identifier: str) -> AccountChanged[None]:
    """Keep everybody out of an account until it is reactivated. Nothing is deleted.

    Raises:
        AlreadyDeactivated: it is deactivated.
        RecoveredLately, NoSuchAccount, OwnAccount: as `change_account`.
    """

    def change(session: Session, account: Account) -> None:
        deactivate_account(session, account, context.now)

    return change_account(context, administrator, identifier, change)


def reactivate(context: Context, administrator: Administrator, identifier: str) -> AccountChanged[None]:
    """Let an account work again, with the password it had.

    Raises:
        NotDeactivated: it works.
        RecoveredLately, NoSuchAccount, OwnAccount: as `change_account`.
    """

    def change(session: Session, account: Account) -> None:
        reactivate_account(session, account, context.now)

    return change_account(context, administrator, identifier, change)


def end_sessions_of(session: Session, account: Account, now: datetime) -> int:
    """End every session of an account, and return how many there were."""
    ended = end_sessions(session, account.id)
    if ended:
        record_and_notify(session, account, EventType.SESSION_ENDED, SIGNED_OUT, now)
    return ended


def deactivate_account(session: Session, account: Account, now: datetime) -> None:
    """Keep everybody out of an account: its logins end, passwords open nothing, and its links never will again.

    What was begun and waits for an email's answer is given up, and so is a deletion, for its owner could not cancel it
    any more. All else stays.

    Raises:
        AlreadyDeactivated: it is deactivated already.
    """
    if account.deactivated_at:
        raise AlreadyDeactivated
    mark_deactivated(account, now)
    end_sessions(session, account.id)
    cancel_pending_changes(session, account.id)
    cancel_confirmations(session, account.id)
    cancel_deletion(session, account, now, NOWHERE, CancelledBy.OPERATOR)
    record_and_notify(session, account, EventType.ACCOUNT_DEACTIVATED, DEACTIVATED, now)


def reactivate_account(session: Session, account: Account, now: datetime) -> None:
    """Let an account work again, with the password it had.

    Raises:
        NotDeactivated: it works.
    """
    if account.deactivated_at is None:
        raise NotDeactivated
    mark_reactivated(account, now)
    record_and_notify(session, account, EventType.ACCOUNT_REACTIVATED, REACTIVATED, now)


def record_and_notify(
    session: Session,
    account: Account,
    happened: EventType,
    email_type: EmailType[EmailContext, ModerationNotice],
    now: datetime,
) -> None:
    """Note it, and tell the owner at all addresses."""
    events.record(session, account.id, happened, now, detail=BY_ADMINISTRATOR)
    payload = ModerationNotice(account.username, now)
    for address in notice_addresses(session, account):
        queue(session, email_type, to=address, payload=payload, now=now)
