"""Signing up: what was typed waits for the letter to be answered, and only then becomes an account.

The request looks no address up. The worker does, when it writes the letter, so a known address and a new one get the
same answer in the same time, and their owners get different letters.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.clock import SKEW
from microblog.db import Lock, exclusive
from microblog.identity import Account, UsernameTaken, username_key
from microblog.identity.username_owners import username_taken
from microblog.links import LinkSigner, TokenClaims
from microblog.mail import Address, queue
from microblog.origin import Origin
from microblog.registration.emails.sign_up import SIGN_UP, SignUpAsked
from microblog.registration.errors import SignUpExpired, SignUpUsed
from microblog.registration.models import SignUp
from microblog.registration.sign_up_link import OPEN_FOR, link_state

BEFORE_NEWS = timedelta(hours=1)  # it goes as if it were due so long: somebody waits in front of a screen
TWICE_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class PendingSignUp:
    """A sign-up whose letter was opened, waiting for the button."""

    id: int
    username: str
    taken: bool
    """Somebody else finished a sign-up with this username first, so another must be chosen."""
    rivals: bool
    """Another sign-up waits for the same address."""
    password_hash: str = field(repr=False)


def sign_up(
    session: Session, *, username: str, address: Address, password_hash: str, now: datetime, asker: str = ""
) -> int:
    """Keep a sign-up, post its letter, and return its number. A taken username is told; an address never is.

    `asker` is a keyed hash of the network it was asked from: letters to one address are limited for each.

    Raises:
        UsernameTaken: somebody has that username.
    """
    if username_taken(session, username):
        raise UsernameTaken(username=username)
    pending = SignUp(
        username=username,
        email=address.spelled,
        email_key=address.key,
        password_hash=password_hash,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    session.add(pending)
    session.flush()
    payload = SignUpAsked(pending.id, asker)
    queue(session, SIGN_UP, to=address.spelled, payload=payload, now=now, due_at=now - BEFORE_NEWS)
    return pending.id


def just_signed_up(session: Session, *, username: str, address: Address, now: datetime) -> SignUp | None:
    """Return the sign-up with this name and address from within the last minute: the same button, clicked twice.

    Of two that ask at once, one waits for the other's transaction.
    """
    exclusive(session, Lock.SIGN_UP, address.key)
    same = select(SignUp).where(SignUp.email_key == address.key, SignUp.username == username)
    within = (
        SignUp.created_at > now - TWICE_WITHIN,
        SignUp.created_at <= now + SKEW,
    )  # later is by a clock that was ahead
    recent = same.where(*within).order_by(SignUp.id.desc())
    return session.scalar(recent.limit(1))


def opened(session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime) -> PendingSignUp:
    """Return the sign-up a genuine link belongs to; changes nothing.

    Raises:
        SignUpUsed: it was finished or replaced.
        SignUpExpired: it took too long.
    """
    found = still_open(session, signer, claims, now)
    others = select(SignUp.id).where(SignUp.email_key == found.email_key, SignUp.id != found.id)
    rivals = session.scalar(others.limit(1)) is not None
    return PendingSignUp(found.id, found.username, username_taken(session, found.username), rivals, found.password_hash)


def finish(
    session: Session, signer: LinkSigner, claims: TokenClaims, username: str | None, now: datetime, origin: Origin
) -> Account:
    """Make the account, under another username if one is given. Of two that finish at once, one does.

    Raises:
        SignUpUsed: it was finished or replaced.
        SignUpExpired: it took too long.
        UsernameTaken: somebody was faster.
    """
    pending = still_open(session, signer, claims, now)
    chosen = username or pending.username
    if username_taken(session, chosen):
        raise UsernameTaken(username=chosen)
    account = Account(
        username=chosen,
        username_key=username_key(chosen),
        email=pending.email,
        email_key=pending.email_key,
        password_hash=pending.password_hash,
        created_at=now,
    )
    session.execute(delete(SignUp).where(SignUp.email_key == pending.email_key))
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as error:  # another transaction finished with the same name or address just now
        raise UsernameTaken(username=chosen) if username_taken(session, chosen) else SignUpUsed from error
    events.record(session, account.id, EventType.SIGNED_UP, now, origin=origin)
    return account


def still_open(session: Session, signer: LinkSigner, claims: TokenClaims, now: datetime) -> SignUp:
    """Return the sign-up a link is for, if it can still be finished."""
    if claims.over(now, OPEN_FOR):
        raise SignUpExpired
    found = session.get(SignUp, claims.subject)
    if found is None or not signer.matches(claims, *link_state(found)):
        raise SignUpUsed
    if session.scalar(select(Account.id).where(Account.email_key == found.email_key)):
        raise SignUpUsed
    return found
