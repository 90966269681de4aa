"""What happened to an account, in the order it happened: for its owner and the operator to look back on."""

import hmac
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from microblog.accounts.models import Event
from microblog.accounts.origin import Origin


class Happened(StrEnum):
    """The kinds of event."""

    SIGNED_UP = "signed up"
    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    LOGIN_ENDED = "login ended"
    RESET_ASKED = "reset asked"
    RESET_OPENED = "reset link opened"
    RESET_REFUSED = "reset refused"
    PASSWORD_RESET = "password reset"  # noqa: S105 - the name of an event
    PASSWORD_CHANGED = "password changed"  # noqa: S105
    NOT_ME = "owner said it was somebody else"
    RECOVERED_BY_OPERATOR = "recovery begun by the operator"
    ADDRESS_CHANGE_ASKED = "address change asked"
    ADDRESS_CHANGED = "address changed"
    ADDRESS_TAKEN_BACK = "address taken back"
    SECOND_ADDRESS_ASKED = "second address asked"
    SECOND_ADDRESS_ADDED = "second address added"
    SECOND_ADDRESS_REMOVED = "second address removed"
    CODES_MADE = "recovery codes made"
    CODE_USED = "recovery code used"
    CODE_REFUSED = "recovery code refused"
    CONFIRMATION_ASKED = "confirmation asked"
    EXPORTED = "data downloaded"
    DELETED = "account deleted"


NOWHERE = Origin()


def about(secret: bytes, identifier_key: str) -> str:
    """Return the keyed hash that events are found by which belong to no account. `secret` is for events alone."""
    return hmac.digest(secret, identifier_key.encode(), "sha256").hex()[:43]


def record(
    session: Session,
    account_id: int | None,
    kind: Happened,
    now: datetime,
    *,
    origin: Origin = NOWHERE,
    detail: str = "",
    letter_id: int | None = None,
    about: str = "",
) -> None:
    """Note an event, as part of the caller's transaction. It holds no secret, no address and nothing that was typed.

    `detail` says why or what in a few words of ours; `letter_id` is the letter that goes with it, whose outcome the
    outbox knows. Where no account can be named, `about` is the keyed hash of what was typed, to find it by.
    """
    session.add(
        Event(
            account_id=account_id,
            kind=kind,
            at=now,
            device=origin.device,
            network=origin.network,
            detail=detail,
            letter_id=letter_id,
            about=about,
        )
    )
