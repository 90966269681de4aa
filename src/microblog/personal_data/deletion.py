"""Deleting an account: asked for by its owner, done three days later, and cancelled by signing in until then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import (
    Action,
    ActionOutcome,
    CancelledBy,
    cancel_confirmations,
    cancel_deletion,
    end_sessions,
    perform_or_confirm,
)
from microblog.contact import cancel_pending_changes
from microblog.context import Context
from microblog.identity import Account, ChangedMeanwhile, get_account, keep_usernames, username_keys
from microblog.identity.accounts import delete_if_due, is_due_for_deletion, schedule_deletion
from microblog.links import GenuineLink, LinkProblem
from microblog.mail import queue
from microblog.origin import Origin
from microblog.ownership import owner_addresses
from microblog.personal_data.emails.deletion_asked import DELETION_ASKED, DeletionAsked
from microblog.personal_data.emails.goodbye import GOODBYE, AccountDeleted
from microblog.personal_data.periods import DELETED_AFTER

Eraser = Callable[[Session, int], None]
"""Erases what a package keeps of an account, by its number, before the account is deleted."""


def request_deletion(context: Context, verified: Account) -> ActionOutcome:
    """Have the account deleted of a member whose password was just verified.

    Raises:
        ChangedMeanwhile, RateLimited: as `perform_or_confirm`.
    """
    return perform_or_confirm(context, Action.DELETE, begin_deletion, verified)


def begin_deletion(context: Context, session: Session, account: Account, wanted: str) -> None:  # noqa: ARG001 - `Perform`
    """Have a locked account deleted in three days."""
    ask_for_deletion(session, account, context.now, context.origin)


def ask_for_deletion(session: Session, account: Account, now: datetime, origin: Origin) -> None:
    """Have an account deleted in three days, end all its sessions, and tell every address how to keep it.

    That includes addresses removed lately: whoever asks may have removed the owner's.

    The account's row is the caller's to hold. Asked once more, it is deleted no later, and nobody is told again.
    """
    if account.deletion_due_at is not None:
        return
    due = now + DELETED_AFTER
    schedule_deletion(account, due)
    end_sessions(session, account.id)
    cancel_pending_changes(session, account.id)
    cancel_confirmations(session, account.id)
    events.record(session, account.id, EventType.DELETION_REQUESTED, now, origin=origin)
    payload = DeletionAsked(account.id, now, due, origin)
    for to in owner_addresses(session, account, now):
        queue(session, DELETION_ASKED, to=to, payload=payload, now=now)


@dataclass(frozen=True)
class OpenedDeletion:
    """A deletion whose link was opened, waiting for the button that cancels it."""

    link: GenuineLink
    account: Account


def open_deletion(session: Session, link: GenuineLink, now: datetime) -> OpenedDeletion:
    """Return the account that a link keeps from being deleted; changes nothing.

    Raises:
        LinkRefused: it is too late, or the deletion was cancelled.
    """
    account = get_account(session, link.subject)
    if account is None:
        raise link.refused(LinkProblem.GONE)
    if account.deletion_due_at is None or not link.matches(account):
        raise link.refused(LinkProblem.USED)
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED)
    return OpenedDeletion(link, account)


def open_deletion_again(session: Session, link: GenuineLink, now: datetime) -> OpenedDeletion:
    """Do the same, but for an account that nobody is about to delete, too: a double click is one."""
    account = get_account(session, link.subject)
    if account and account.deletion_due_at is None:
        return OpenedDeletion(link, account)
    return open_deletion(session, link, now)


def keep_account(context: Context, opened: OpenedDeletion) -> None:
    """Cancel a deletion by the link in the email about it. An account that stays anyway is left as it is.

    Raises:
        LinkRefused: as `open_deletion_again`.
    """
    link, now = opened.link, context.now
    with context.writing() as session:
        session.execute(select(Account.id).where(Account.id == link.subject).with_for_update())
        account = open_deletion_again(session, link, now).account
        if account.deletion_due_at is not None:
            cancel_deletion(session, account, now, context.origin, CancelledBy.LINK)


def due_accounts(session: Session, now: datetime) -> Sequence[int]:
    """Return the numbers of the accounts that are to be deleted by now, those that wait longest first."""
    return session.scalars(select(Account.id).where(is_due_for_deletion(now)).order_by(Account.deletion_due_at)).all()


def delete_account(session: Session, account_id: int, erasers: Sequence[Eraser], secret: bytes, now: datetime) -> bool:
    """Delete an account that is due, and say goodbye to every address it had. Returns False if it is not due now.

    Its rows go with it: sessions, events, backup email, codes, moves, confirmations. The address is free at once, the
    usernames after a month, those it had before too. `secret` makes the hash of the address by which the one event
    that stays is found. An account that somebody holds in this moment, perhaps signing in, is left for the next time.

    Raises:
        ChangedMeanwhile: the deletion was cancelled in this moment; nothing of this transaction may be kept.
    """
    due = Account.id == account_id, is_due_for_deletion(now)
    account = session.scalar(select(Account).where(*due).with_for_update(skip_locked=True))
    if account is None:
        return False
    told, names = owner_addresses(session, account, now), username_keys(session, account)
    payload = AccountDeleted(account.username, now)
    about = events.hash_identifier(secret, account.email_key)
    for erase in erasers:
        erase(session, account_id)
    if not delete_if_due(session, account_id, now):
        raise ChangedMeanwhile
    keep_usernames(session, names, now)
    events.record(session, None, EventType.ACCOUNT_DELETED, now, about=about)
    for to in told:
        queue(session, GOODBYE, to=to, payload=payload, now=now)
    return True
