"""A letter's word for what cannot be undone, for a day after an account was recovered.

Whoever recovered it chose the password and may be somebody else. The letter goes to the account's first address, and
its link leads to a button that does what was asked for, in a browser that is signed in as the member.
"""

import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth.confirmable_actions import Action
from microblog.auth.confirmation_link import OPEN_FOR, confirmed_state
from microblog.auth.emails.confirm import CONFIRM, ConfirmationAsked
from microblog.auth.errors import ConfirmationExpired, ConfirmationUsed
from microblog.auth.models import Confirmation
from microblog.identity import Account, get_account
from microblog.links import LinkSigner, TokenClaims
from microblog.mail import queue_returning_id
from microblog.origin import Origin


def ask_to_confirm(
    session: Session, account: Account, action: Action, now: datetime, origin: Origin, wanted: str = ""
) -> None:
    """Ask the account's first address by letter. `wanted` is what the action needs to know, such as a new address.

    It replaces what was asked for the same action before.
    """
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    session.execute(delete(Confirmation).where(Confirmation.account_id == account.id, Confirmation.action == action))
    asked = Confirmation(account_id=account.id, action=action, wanted=wanted, nonce=secrets.token_hex(16), asked_at=now)
    session.add(asked)
    session.flush()
    payload = ConfirmationAsked(asked.id, asked.nonce, origin)
    letter_id = queue_returning_id(session, CONFIRM, to=account.email, payload=payload, now=now)
    kind = EventType.CONFIRMATION_REQUESTED
    events.record(session, account.id, kind, now, origin=origin, letter_id=letter_id, detail=action)


def opened_confirmation(
    session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime
) -> tuple[Confirmation, Account]:
    """Return what a genuine link confirms, and for whom; changes nothing.

    Raises:
        ConfirmationUsed: it was used, replaced, or the account was changed since.
        ConfirmationExpired: it took too long.
    """
    asked = session.get(Confirmation, claims.subject)
    account = get_account(session, asked.account_id) if asked else None
    if asked is None or account is None or not signer.matches(claims, *confirmed_state(asked, account)):
        raise ConfirmationUsed
    if claims.over(now, OPEN_FOR):
        raise ConfirmationExpired
    return asked, account


def use_confirmation(session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime) -> None:
    """Use a confirmation up, in the transaction that does what it is for. Of several at once, one is used.

    Raises:
        ConfirmationUsed, ConfirmationExpired: as `opened_confirmation`.
    """
    asked, _ = opened_confirmation(session, signer, claims, now)
    session.expunge(asked)
    mine = delete(Confirmation).where(Confirmation.id == asked.id, Confirmation.nonce == asked.nonce)
    if session.scalar(mine.returning(Confirmation.id)) is None:
        raise ConfirmationUsed
