"""A letter's word for what cannot be undone, for a day after an account was recovered.

Whoever recovered it chose the password and may be somebody else. The letter goes to the account's first address, and
its link leads to a button that does what was asked for, in a browser that is signed in as the member.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.audit import Happened, events
from microblog.auth.models import Confirmation
from microblog.identity import Account, get_account
from microblog.links import Claims, LinkSigner
from microblog.mail import Kind, post_numbered
from microblog.origin import Origin
from microblog.refusals import LinkOver

CONFIRM_LETTER = Kind("confirm", urgent=True)
OPEN_FOR = timedelta(hours=1)
OVER = "It was used already, replaced by a newer one, or the account was changed since. Nothing was done."
EXPIRED = "It worked for an hour. Nothing was done; you can ask for another on the page of your account."


class Action(StrEnum):
    """What may need a confirmation."""

    CHANGE_ADDRESS = "change_address"
    DOWNLOAD = "download"
    DELETE = "delete"


IN_WORDS = {
    Action.CHANGE_ADDRESS: "move your account to another address",
    Action.DOWNLOAD: "download everything your account holds",
    Action.DELETE: "delete your account",
}
"""Each as it goes on after "somebody asked to …"."""


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
    facts = {"confirmation": asked.id, "nonce": asked.nonce, "origin": origin.words}
    letter_id = post_numbered(session, CONFIRM_LETTER, to=account.email, facts=facts, useful_for=OPEN_FOR, now=now)
    kind = Happened.CONFIRMATION_ASKED
    events.record(session, account.id, kind, now, origin=origin, letter_id=letter_id, detail=f"to {IN_WORDS[action]}")


def opened_confirmation(
    session: Session, signer: LinkSigner, claims: Claims, now: datetime
) -> tuple[Confirmation, Account]:
    """Return what a genuine link confirms, and for whom; changes nothing.

    Raises:
        LinkOver: it was used, replaced, took too long, or the account was changed since.
    """
    asked = session.get(Confirmation, claims.subject)
    account = get_account(session, asked.account_id) if asked else None
    if asked is None or account is None or not signer.matches(claims, *confirmed_state(asked, account)):
        raise LinkOver(OVER, "This link has been used or replaced")
    if claims.over(now, OPEN_FOR):
        raise LinkOver(EXPIRED, "This link has expired")
    return asked, account


def use_confirmation(session: Session, signer: LinkSigner, claims: Claims, now: datetime) -> None:
    """Use a confirmation up, in the transaction that does what it is for. Of several at once, one is used.

    Raises:
        LinkOver: as `opened_confirmation`.
    """
    asked, _ = opened_confirmation(session, signer, claims, now)
    session.expunge(asked)
    mine = delete(Confirmation).where(Confirmation.id == asked.id, Confirmation.nonce == asked.nonce)
    if session.scalar(mine.returning(Confirmation.id)) is None:
        raise LinkOver(OVER, "This link has been used or replaced")


def confirmed_state(asked: Confirmation, account: Account) -> tuple[str, ...]:
    """Return what a link is bound to: the account as it is, the action with all it needs to know, and this asking."""
    return account.password_hash, account.email_key, asked.action, asked.wanted, asked.nonce
