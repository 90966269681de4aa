"""Asking for a reset letter: one row, whatever was typed. Whose it is, if anybody's, is found when it is written."""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.mail import canonical_identifier, queue
from microblog.origin import NOWHERE, Origin
from microblog.recovery.emails.reset_password import RESET_PASSWORD, ResetAsked
from microblog.recovery.reset_key import letter_key


def ask(session: Session, identifier: str, now: datetime, origin: Origin = NOWHERE) -> None:
    """Post a reset letter to whoever goes by this username or address. The accounts are not read."""
    ask_by_key(session, canonical_identifier(identifier), now, origin)


def ask_by_key(session: Session, identifier_key: str, now: datetime, origin: Origin = NOWHERE) -> None:
    """Do the same for who has already read the identifier."""
    queue(
        session,
        RESET_PASSWORD,
        to=identifier_key,
        address_key=identifier_key,
        payload=ResetAsked(identifier_key, origin),
        now=now,
        key=letter_key(identifier_key),
    )
