"""Deleting an account: asked for by its owner, done three days later, and cancelled by signing in until then."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import (
    Action,
    ActionOutcome,
    CancelledBy,
    Confirmation,
    cancel_deletion,
    end_sessions,
    perform_or_confirm,
)
from microblog.contact import PendingSecondAddress
from microblog.contact.address_change import give_up_moves
from microblog.context import Context
from microblog.identity import Account, ChangedMeanwhile, FormerUsername, KeptUsername, get_account
from microblog.links import LinkSigner, TokenClaims
from microblog.mail import queue
from microblog.origin import Origin
from microblog.ownership import owner_addresses
from microblog.personal_data.emails.deletion_asked import DELETION_ASKED, DeletionAsked
from microblog.personal_data.emails.goodbye import GOODBYE, AccountDeleted
from microblog.personal_data.errors import AccountGone, DeletionCancelled, KeepLinkExpired
from microblog.personal_data.keep_link import deletion_state
from microblog.personal_data.periods import DELETED_AFTER, NAME_KEPT_FOR

Forget = Callable[[Session, int], None]
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
    account.deletion_due_at = due = now + DELETED_AFTER
    end_sessions(session, account.id)
    give_up_moves(session, account.id)
    for begun in (PendingSecondAddress, Confirmation):
        session.execute(delete(begun).where(begun.account_id == account.id))
    events.record(session, account.id, EventType.DELETION_REQUESTED, now, origin=origin)
    payload = DeletionAsked(account.id, now, due, origin)
    for to in owner_addresses(session, account, now):
        queue(session, DELETION_ASKED, to=to, payload=payload, now=now)


def opened_deletion(session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime) -> Account:
    """Return the account that a genuine link keeps from being deleted; changes nothing.

    Raises:
        LinkOver: it is too late, or the deletion was cancelled.
    """
    account = get_account(session, claims.subject)
    if account is None:
        raise AccountGone
    if account.deletion_due_at is None or not signer.matches(claims, *deletion_state(account)):
        raise DeletionCancelled
    if claims.over(now, DELETED_AFTER):
        raise KeepLinkExpired
    return account


def keep_account(session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime, origin: Origin) -> None:
    """Cancel a deletion by the link in the email about it. An account that stays anyway is left as it is.

    Raises:
        LinkOver: as `opened_deletion`, but for an account that nobody is about to delete: a double click is one.
    """
    session.execute(select(Account.id).where(Account.id == claims.subject).with_for_update())
    account = get_account(session, claims.subject)
    if account is None or account.deletion_due_at is not None:
        account = opened_deletion(session, signer, claims, now)
        cancel_deletion(session, account, now, origin, CancelledBy.LINK)


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an account is to be deleted by now."""
    return (Account.deletion_due_at <= now) & Account.deactivated_at.is_(None)


def due_accounts(session: Session, now: datetime) -> Sequence[int]:
    """Return the numbers of the accounts that are to be deleted by now, those that wait longest first."""
    return session.scalars(select(Account.id).where(is_due(now)).order_by(Account.deletion_due_at)).all()


def delete_account(session: Session, account_id: int, forget: Sequence[Forget], secret: bytes, now: datetime) -> bool:
    """Delete an account that is due, and say goodbye to every address it had. Returns False if it is not due now.

    Its rows go with it: sessions, events, backup email, codes, moves, confirmations. The address is free at once, the
    usernames after a month, those it had before too. `secret` makes the hash of the address by which the one event
    that stays is found. An account that somebody holds in this moment, perhaps signing in, is left for the next time.

    Raises:
        ChangedMeanwhile: the deletion was cancelled in this moment; nothing of this transaction may be kept.
    """
    due = Account.id == account_id, is_due(now)
    account = session.scalar(select(Account).where(*due).with_for_update(skip_locked=True))
    if account is None:
        return False
    told, names = owner_addresses(session, account, now), usernames_of(session, account)
    payload = AccountDeleted(account.username, now)
    about = events.hash_identifier(secret, account.email_key)
    for erase in forget:
        erase(session, account_id)
    if session.scalar(delete(Account).where(*due).returning(Account.id)) is None:
        raise ChangedMeanwhile
    session.add_all(KeptUsername(username_key=name, free_at=now + NAME_KEPT_FOR) for name in names)
    events.record(session, None, EventType.ACCOUNT_DELETED, now, about=about)
    for to in told:
        queue(session, GOODBYE, to=to, payload=payload, now=now)
    return True


def usernames_of(session: Session, account: Account) -> list[str]:
    """Return the keys of all usernames of an account, which the caller holds."""
    had = select(FormerUsername.username_key).where(FormerUsername.account_id == account.id)
    return [account.username_key, *session.scalars(had)]
