"""Signing up: what was typed becomes an account only when the link in the email is used.

The request looks no address up. The worker does, when it renders the email, so a known address and a new one get the
same answer in the same time, and their owners get different emails.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events
from microblog.auth import check_password, hash_password, verify_password
from microblog.clock import SKEW
from microblog.context import Context
from microblog.db import Lock, exclusive
from microblog.identity import Account, UsernameTaken, check_new_username, is_reserved
from microblog.identity.accounts import create_account
from microblog.identity.username_owners import username_taken
from microblog.limits import Limit
from microblog.links import GenuineLink, LinkProblem
from microblog.mail import Address, queue
from microblog.origin import Origin
from microblog.registration.emails.sign_up import SIGN_UP, SignUpAsked
from microblog.registration.errors import SignUpPasswordMissing, SignUpPasswordWrong
from microblog.registration.links import OPEN_FOR
from microblog.registration.models import SignUp
from microblog.settings import UNLIMITED, Rate

BEFORE_NEWS = timedelta(hours=1)  # it goes as if it were due so long: somebody waits in front of a screen
TWICE_WITHIN = timedelta(minutes=1)
RARELY = Rate(3, 1800)  # somebody who mistypes their address has two more tries at once
ASKER = Limit("who asks for a sign-up letter", UNLIMITED)  # only for its hash


@dataclass(frozen=True)
class PendingSignUp:
    """A sign-up whose link was opened, waiting for the button."""

    link: GenuineLink
    id: int
    username: str
    taken: bool
    """Somebody else finished a sign-up with this username first, so another must be chosen."""
    rivals: bool
    """Another sign-up waits for the same address."""
    password_hash: str = field(repr=False)


def sign_up(context: Context, username: str, address: Address, password: str) -> int:
    """Keep a sign-up, queue its email, and return its number. A taken username is told; an address never is.

    The same once more within a minute is a double click, and the same sign-up.

    Raises:
        BadUsername: it can't be one.
        PasswordRefused: it is not good enough.
        UsernameTaken: somebody has that username, or it would be taken for the site.
        RateLimited: there were too many.
    """
    username = check_new_username(username)
    check_password(password, shortest=context.settings.password_min_length, about=[username, address.spelled])
    refuse_name_of_site(context, username)
    limits = context.settings.limits
    with context.writing() as session:
        context.spend(session, (Limit("sign-ups per client", limits.sign_up_per_client), context.client.key))
        context.spend_for_site(session, Limit("sign-ups", limits.sign_up_per_site), RARELY)
    password_hash = hash_password(password)
    asker = context.limits.key(ASKER, context.client.key)
    keep = partial(
        keep_sign_up, username=username, address=address, password_hash=password_hash, now=context.now, asker=asker
    )
    with context.writing() as session:
        before = just_signed_up(session, username=username, address=address, now=context.now)
        if before is None:
            return keep(session)
    if verify_password(before.password_hash, password):
        return before.id
    with context.writing() as session:
        return keep(session)


def refuse_name_of_site(context: Context, username: str) -> None:
    """Refuse a new username that would be taken for the site at this address.

    Raises:
        UsernameTaken: then.
    """
    if is_reserved(username, context.settings.public_url.host):
        raise UsernameTaken(username=username)


def keep_sign_up(
    session: Session, *, username: str, address: Address, password_hash: str, now: datetime, asker: str = ""
) -> int:
    """Keep a sign-up, queue its email, and return its number.

    `asker` is a keyed hash of the requester's network: emails to one address are limited for each.

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


def open_sign_up(session: Session, link: GenuineLink, now: datetime) -> PendingSignUp:
    """Return the sign-up a link belongs to; changes nothing.

    Raises:
        LinkRefused: it was finished, replaced, or took too long.
    """
    found = find_open_sign_up(session, link, now)
    others = select(SignUp.id).where(SignUp.email_key == found.email_key, SignUp.id != found.id)
    rivals = session.scalar(others.limit(1)) is not None
    taken = username_taken(session, found.username)
    return PendingSignUp(link, found.id, found.username, taken, rivals, found.password_hash)


def check_sign_up_password(context: Context, pending: PendingSignUp, password: str) -> None:
    """Refuse all passwords but the one that was typed when this was signed up, and guessing at it.

    Raises:
        SignUpPasswordMissing, SignUpPasswordWrong: it is another.
        RateLimited: there were too many tries.
    """
    if not password:
        raise SignUpPasswordMissing
    tries = Limit("tries to finish a sign-up", context.settings.limits.sign_in_per_identifier)
    with context.writing() as session:
        context.spend(session, (tries, str(pending.id)))
    if not verify_password(pending.password_hash, password):
        raise SignUpPasswordWrong


def confirm(context: Context, pending: PendingSignUp, username: str | None = None) -> str:
    """Make the account, under another username if one is given; return its username. Of two at once, one does it.

    Raises:
        BadUsername: the one that is given can't be one.
        UsernameTaken: somebody was faster, or the one that is given would be taken for the site.
        LinkRefused: it was finished, replaced, or took too long.
    """
    if username:
        username = check_new_username(username)
        refuse_name_of_site(context, username)
    with context.writing() as session:
        return finish(session, pending.link, username, context.now, context.origin).username


def finish(session: Session, link: GenuineLink, username: str | None, now: datetime, origin: Origin) -> Account:
    """Do the same, as part of a transaction."""
    pending = find_open_sign_up(session, link, now)
    chosen = username or pending.username
    if username_taken(session, chosen):
        raise UsernameTaken(username=chosen)
    address, password_hash = Address(pending.email, pending.email_key), pending.password_hash
    cancel_sign_ups(session, address.key)
    try:
        account = create_account(session, chosen, address, password_hash, now)
    except IntegrityError as error:  # another transaction finished with the same name or address just now
        raise (
            UsernameTaken(username=chosen) if username_taken(session, chosen) else link.refused(LinkProblem.USED)
        ) from error
    events.record(session, account.id, EventType.SIGNED_UP, now, origin=origin)
    return account


def find_open_sign_up(session: Session, link: GenuineLink, now: datetime) -> SignUp:
    """Return the sign-up a link is for, if it can still be finished."""
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED)
    found = session.get(SignUp, link.subject)
    if found is None or not link.matches(found):
        raise link.refused(LinkProblem.USED)
    if session.scalar(select(Account.id).where(Account.email_key == found.email_key)):
        raise link.refused(LinkProblem.USED)
    return found


def cancel_sign_ups(session: Session, email_key: str) -> None:
    """Delete the sign-ups of an address; their links end with it."""
    session.execute(delete(SignUp).where(SignUp.email_key == email_key))
