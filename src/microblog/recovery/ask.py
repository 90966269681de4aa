"""Asking for a reset letter: one row, whatever was typed. Whose it is, if anybody's, is found when it is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.accounts import Account
from microblog.mail import Kind, canonical_identifier, post

RESET_LETTER = Kind("reset_password", urgent=True)
USEFUL_FOR = timedelta(days=1)  # a letter the mail server could not take for longer would only puzzle


def ask(session: Session, identifier: str, now: datetime) -> None:
    """Post a reset letter to whoever goes by this username or address. The accounts are not read."""
    key = canonical_identifier(identifier)
    facts = {"identifier": key}
    post(session, RESET_LETTER, to=key, facts=facts, useful_for=USEFUL_FOR, now=now, key=letter_key(key))


def ask_at(session: Session, account: Account, addresses: Sequence[str], useful_for: timedelta, now: datetime) -> None:
    """Post the letters to the other addresses of an account that was asked for by its username: one row each.

    They are counted already, together with the one they belong to.
    """
    for address in addresses:
        key = canonical_identifier(address)
        facts = {"identifier": key, "account": account.id, "counted": True}
        post(session, RESET_LETTER, to=address, facts=facts, useful_for=useful_for, now=now, key=letter_key(key))


def letter_key(identifier_key: str) -> str:
    """Return what the reset letters for one identifier share."""
    return f"reset {identifier_key}"
