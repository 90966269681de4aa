"""Confirmation by email of irreversible actions, required for a day after an account was recovered.

Whoever recovered it chose the password and may be somebody else. The email goes to the account's first address, and
its link leads to a button that does what was asked for, in a browser that is signed in as the member.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth.confirmable_actions import Action
from microblog.auth.emails.confirm import CONFIRM, ConfirmationAsked
from microblog.auth.models import Confirmation
from microblog.auth.reauthentication import lock_verified
from microblog.context import Context
from microblog.identity import Account, get_account
from microblog.links import GenuineLink, LinkProblem
from microblog.mail import queue_returning_id
from microblog.origin import Origin

Act = Callable[[Context, Session, Account, str], None]


def ask_to_confirm(
    session: Session, account: Account, action: Action, now: datetime, origin: Origin, wanted: str = ""
) -> None:
    """Ask the account's primary address by email. `wanted` is what the action needs to know, such as a new address.

    It replaces what was asked for the same action before.
    """
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    session.execute(delete(Confirmation).where(Confirmation.account_id == account.id, Confirmation.action == action))
    asked = Confirmation(account_id=account.id, action=action, wanted=wanted, nonce=secrets.token_hex(16), asked_at=now)
    session.add(asked)
    session.flush()
    payload = ConfirmationAsked(asked.id, asked.nonce, origin)
    email_id = queue_returning_id(session, CONFIRM, to=account.email, payload=payload, now=now)
    kind = EventType.CONFIRMATION_REQUESTED
    events.record(session, account.id, kind, now, origin=origin, email_id=email_id, detail=action)


@dataclass(frozen=True)
class OpenedConfirmation:
    """A confirmation whose link was opened, waiting for the button."""

    link: GenuineLink
    asked: Confirmation
    account: Account

    @property
    def action(self) -> Action:
        """The action it confirms."""
        return Action(self.asked.action)


def open_confirmation(session: Session, link: GenuineLink, now: datetime) -> OpenedConfirmation:
    """Return what a link confirms, and for which account; changes nothing.

    Raises:
        LinkRefused: it was used, replaced, took too long, or the account was changed since.
    """
    asked = session.get(Confirmation, link.subject)
    account = get_account(session, asked.account_id) if asked else None
    if asked is None or account is None or not link.matches(asked, account):
        raise link.refused(LinkProblem.USED)
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED)
    return OpenedConfirmation(link, asked, account)


def confirm_action(context: Context, opened: OpenedConfirmation, act: Act) -> Account:
    """Do what was asked for, once; return the account as it is then. `act` does it, as part of the transaction.

    Raises:
        LinkRefused: as `open_confirmation`.
        ChangedMeanwhile: the password was changed in this moment.
    """
    with context.writing() as session:
        account = lock_verified(session, opened.account)
        use_confirmation(session, opened.link, context.now)
        act(context, session, account, opened.asked.wanted)
    return account


def use_confirmation(session: Session, link: GenuineLink, now: datetime) -> None:
    """Use a confirmation up. Of several at once, one is used."""
    asked = open_confirmation(session, link, now).asked
    session.expunge(asked)
    mine = delete(Confirmation).where(Confirmation.id == asked.id, Confirmation.nonce == asked.nonce)
    if session.scalar(mine.returning(Confirmation.id)) is None:
        raise link.refused(LinkProblem.USED)


def cancel_confirmations(session: Session, account_id: int) -> None:
    """Delete what waits for a confirmation by email; the links end with it."""
    session.execute(delete(Confirmation).where(Confirmation.account_id == account_id))
