"""What is known of a name or an address, for an operator who looks into a complaint. Holds no secret."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from microblog.accounts.events import about
from microblog.accounts.find import find_any
from microblog.accounts.models import Account, Event, FormerUsername, PendingSecondAddress, SecondAddress, SignUp
from microblog.accounts.origin import Origin


@dataclass(frozen=True)
class Known:
    """The account that goes by a key, if there is one, and every key it goes by."""

    account: Account | None
    keys: tuple[str, ...]
    second: SecondAddress | None = None


@dataclass(frozen=True)
class Happening:
    """One event: when, what, how, roughly from where (and in which network), and the letter that goes with it."""

    at: datetime
    kind: str
    detail: str
    origin: str
    network: str
    letter_id: int | None


@dataclass(frozen=True)
class Unfinished:
    """Something that waits for its letter to be answered: a sign-up, or a second address."""

    at: datetime
    until: datetime
    words: str


def known_by(session: Session, key: str) -> Known:
    """Return what goes by this key."""
    account = find_any(session, key)
    if account is None:
        return Known(None, (key,))
    second = session.get(SecondAddress, account.id)
    former = session.scalars(select(FormerUsername.username_key).where(FormerUsername.account_id == account.id))
    names = (key, account.username_key, account.email_key, *([second.email_key] if second else []), *former)
    return Known(account, tuple(dict.fromkeys(names)), second)


def happenings(session: Session, known: Known, secrets: Sequence[bytes], most: int) -> list[Happening]:
    """Return the newest events of an account, and those noted by a keyed hash of one of its names; oldest first."""
    hashes = [about(secret, key) for secret in secrets for key in known.keys]
    number = known.account.id if known.account else None
    theirs = or_(Event.about.in_(hashes), and_(Event.account_id.is_not(None), Event.account_id == number))
    found = session.scalars(select(Event).where(theirs).order_by(Event.id.desc()).limit(most)).all()
    return [happening(one) for one in reversed(found)]


def happening(event: Event) -> Happening:
    """Return what is told of an event."""
    origin = Origin(event.device, event.network).words if event.device else ""
    return Happening(event.at, event.kind, event.detail, origin, event.network, event.letter_id)


def unfinished(session: Session, keys: Collection[str]) -> list[Unfinished]:
    """Return what was begun with one of these addresses and waits for its letter to be answered."""
    sign_ups = session.scalars(select(SignUp).where(SignUp.email_key.in_(keys)).order_by(SignUp.id))
    found = [Unfinished(one.created_at, one.expires_at, f"sign-up begun as {one.username}") for one in sign_ups]
    asked = session.scalars(select(PendingSecondAddress).where(PendingSecondAddress.email_key.in_(keys)))
    return found + [Unfinished(one.asked_at, one.expires_at, "named as a member's second address") for one in asked]
