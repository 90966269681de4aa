"""Asking for a reset letter: one row, whatever was typed. Whose it is, if anybody's, is found when it is written."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.mail import Kind, canonical_identifier, post

RESET_LETTER = Kind("reset_password", urgent=True)
USEFUL_FOR = timedelta(days=1)  # a letter the mail server could not take for longer would only puzzle


def ask(session: Session, identifier: str, now: datetime) -> None:
    """Post a reset letter to whoever goes by this username or address. The accounts are not read."""
    ask_by_key(session, canonical_identifier(identifier), now)


def ask_by_key(session: Session, identifier_key: str, now: datetime) -> None:
    """Do the same for who has already read the identifier."""
    post(
        session,
        RESET_LETTER,
        to=identifier_key,
        address_key=identifier_key,
        facts={"identifier": identifier_key},
        useful_for=USEFUL_FOR,
        now=now,
        key=letter_key(identifier_key),
    )


def letter_key(identifier_key: str) -> str:
    """Return what the reset letters for one identifier share."""
    return f"reset {identifier_key}"
