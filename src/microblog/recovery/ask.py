"""Asking for a reset letter: one row, whatever was typed. Whose it is, if anybody's, is found when it is written."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.audit import Happened, record
from microblog.identity import Account
from microblog.mail import Kind, Letter, canonical_identifier, post
from microblog.origin import NOWHERE, Origin, origin_in

RESET_LETTER = Kind("reset_password", urgent=True)
USEFUL_FOR = timedelta(days=1)  # a letter the mail server could not take for longer would only puzzle


def ask(session: Session, identifier: str, now: datetime, origin: Origin = NOWHERE) -> None:
    """Post a reset letter to whoever goes by this username or address. The accounts are not read."""
    ask_by_key(session, canonical_identifier(identifier), now, origin)


def ask_by_key(session: Session, identifier_key: str, now: datetime, origin: Origin = NOWHERE) -> None:
    """Do the same for who has already read the identifier."""
    post(
        session,
        RESET_LETTER,
        to=identifier_key,
        address_key=identifier_key,
        facts={"identifier": identifier_key, **asdict(origin)},
        useful_for=USEFUL_FOR,
        now=now,
        key=letter_key(identifier_key),
    )


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


def note_asked(session: Session, letter: Letter, account_id: int | None, about: str = "", detail: str = "") -> None:
    """Note, once for each letter, that it was asked for: when and from where it was, not when this is found out.

    For an account, or where there is none for `about`, the keyed hash of what was typed.
    """
    if letter.facts.get("noted") == letter.id:
        return
    record(
        session,
        account_id,
        Happened.RESET_ASKED,
        letter.posted_at,
        origin=origin_in(letter.facts),
        detail=detail,
        letter_id=letter.id,
        about="" if account_id else about,
    )
