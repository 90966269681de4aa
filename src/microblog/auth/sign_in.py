"""Signing in. Every refusal takes the same steps and the same time, whoever has the name that was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from microblog.audit import EventType, events, hash_identifier
from microblog.auth.cancel_deletion import cancel_deletion
from microblog.auth.emails.deletion_cancelled import CancelledBy
from microblog.auth.errors import PasswordChangedMeanwhile, WrongCredentials
from microblog.auth.failed_sign_ins import FailureReason, record_failed_sign_in, verify_credentials
from microblog.auth.known_browsers import known_browsers
from microblog.auth.passwords import hash_password, needs_rehash
from microblog.auth.sessions import Member, add_session, sign_out_member
from microblog.auth.sign_in_alerts import alert_owner
from microblog.context import Context
from microblog.identity import Account, find_anyone
from microblog.identity.accounts import renew_password_hash
from microblog.limits import Limit
from microblog.mail import canonical_identifier
from microblog.origin import Origin
from microblog.refusals import RateLimited


@dataclass(frozen=True)
class SignedIn:
    """A session that has begun: its secret, and a token by which the account knows the browser from now on."""

    secret: str
    browser_token: str
    deletion_cancelled: bool


@dataclass(frozen=True)
class Attempt:
    """A try to sign in: the name that was typed, whose it is, and what this browser is known by to its owner."""

    identifier: str
    account: Account | None
    known: str
    in_vain: bool = False
    """True once former usernames of this account were tried too often: no password is good by one of them for now."""

    @property
    def by_former_name(self) -> bool:
        """True if the typed name is a former username."""
        return self.account is not None and "@" not in self.identifier and self.identifier != self.account.username_key


def sign_in(
    context: Context,
    identifier: str,
    password: str,
    *,
    remember: bool = False,
    browser_tokens: Sequence[str] = (),
    replaces: Member | None = None,
) -> SignedIn:
    """Begin a session for whoever has this username or address and this password.

    `browser_tokens` are those the browser was given before (`SignedIn.browser_token`); `replaces` is who is signed in
    there now, and is signed out.

    Raises:
        WrongCredentials: name and password do not go together, or the account is deactivated or locked.
        RateLimited: too many tries.
    """
    attempt = look_up(context, canonical_identifier(identifier), browser_tokens)
    attempt = count_attempt(context, attempt)
    try:
        return verify_and_begin(context, attempt, password, remember=remember, replaces=replaces)
    except PasswordChangedMeanwhile:  # perhaps only its hash was renewed, by another sign-in at the same time
        attempt = replace(look_up(context, attempt.identifier, browser_tokens), in_vain=attempt.in_vain)
        return verify_and_begin(context, attempt, password, remember=remember, replaces=replaces)


def look_up(context: Context, identifier: str, browser_tokens: Sequence[str]) -> Attempt:
    """Find whose name it is, and whether this browser is known to them."""
    with context.reading() as session:
        account = find_anyone(session, identifier)
    return Attempt(identifier, account, known_browsers(context.settings).find(browser_tokens, account, context.now))


def count_attempt(context: Context, attempt: Attempt) -> Attempt:
    """Count the try before anything is made of it, as a failed one; a good one is given back.

    Returns the attempt, in vain where former usernames of its account were tried too often.

    Raises:
        RateLimited: a limit is reached. It is recorded, if not too often.
    """
    per_client = (Limit("sign-ins per client", context.settings.limits.sign_in_per_client), context.client.key)
    try:
        with context.writing() as session:
            context.spend(session, *([] if attempt.known else [per_client]), *counts_of(context, attempt))
            silent = silent_count_of(context, attempt)
            left = attempt.known or context.limits.spend(session, *silent, context.now).allowed
            return replace(attempt, in_vain=attempt.by_former_name and not left)
    except RateLimited:
        with context.writing() as session:
            if context.may_record(session, "sign-ins over a limit", attempt.identifier):
                record_failure(context, session, attempt, FailureReason.TOO_OFTEN)
        raise


def counts_of(context: Context, attempt: Attempt) -> list[tuple[Limit, str]]:
    """Return what a failed try counts against.

    A name counts as it was typed: counting an account's present and former usernames and its address together would
    tell that they belong together. A browser known to the owner has its own allowance, which nobody else can use.
    """
    limits = context.settings.limits
    if attempt.known:
        return [(Limit("sign-ins per known browser", limits.sign_in_per_identifier), attempt.known)]
    both = f"{context.client.key} {attempt.identifier}"
    return [
        (Limit("sign-ins per name and client", limits.sign_in_per_identifier), both),
        (Limit("sign-ins per name", limits.sign_in_per_account), attempt.identifier),
    ]


def silent_count_of(context: Context, attempt: Attempt) -> tuple[Limit, str]:
    """Return what all former usernames of an account count against together; the same work for any other name.

    Nobody is told when it is used up, so it tells nobody which names belong together.
    """
    limit = Limit("sign-ins by former usernames", context.settings.limits.sign_in_per_account)
    account, name = attempt.account, f"name {attempt.identifier}"
    return limit, str(account.id) if account and attempt.by_former_name else name


def verify_and_begin(
    context: Context, attempt: Attempt, password: str, *, remember: bool, replaces: Member | None
) -> SignedIn:
    """Verify, outside any transaction because it takes its time, and begin a session."""
    why = verify_credentials(attempt.account, password) or (FailureReason.TOO_OFTEN if attempt.in_vain else None)
    account = attempt.account
    if why or account is None:
        record_failure_alone(context, attempt, why or FailureReason.NO_SUCH_NAME)
        raise WrongCredentials
    new_hash = hash_password(password) if needs_rehash(account.password_hash, password) else None
    now, origin, known = context.now, context.origin, bool(attempt.known)
    with context.writing() as session:
        if replaces:
            sign_out_member(session, replaces, now, origin)
        secret = insert_session(
            session, account, new_hash=new_hash, remember=remember, known_browser=known, origin=origin, now=now
        )
        silent = [] if attempt.known else [silent_count_of(context, attempt)]
        for limit, subject in (*counts_of(context, attempt), *silent):
            context.limits.give_back(session, limit, subject)
    token = known_browsers(context.settings).sign(account.id, new_hash or account.password_hash, now)
    return SignedIn(secret, token, deletion_cancelled=account.deletion_due_at is not None)


def insert_session(
    session: Session,
    verified: Account,
    *,
    new_hash: str | None,
    remember: bool,
    known_browser: bool,
    origin: Origin,
    now: datetime,
) -> str:
    """Begin a session for an account whose password was just verified, and return its secret.

    `new_hash` replaces the password's hash where its parameters have risen. Where the sign-in may have been somebody
    else's, its owner is told by email. An account that was to be deleted stays.

    Raises:
        PasswordChanged: since it was verified.
    """
    same = select(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    account = session.scalar(same.where(Account.deactivated_at.is_(None)).with_for_update(key_share=True))
    if account is None:
        raise PasswordChangedMeanwhile
    if new_hash:
        renew_password_hash(account, new_hash)
    if account.deletion_due_at is not None:
        cancel_deletion(session, account, now, origin, CancelledBy.SIGN_IN)
    alert_owner(session, account, now, origin, known_browser=known_browser)
    secret = add_session(session, verified.id, remember=remember, origin=origin, now=now)
    events.record(session, verified.id, EventType.SIGNED_IN, now, origin=origin)
    return secret


def record_failure_alone(context: Context, attempt: Attempt, why: FailureReason) -> None:
    """Record a refusal by itself; as of nobody where the account was deleted in this moment."""
    try:
        with context.writing() as session:
            record_failure(context, session, attempt, why)
    except IntegrityError:
        with context.writing() as session:
            record_failure(context, session, replace(attempt, account=None), FailureReason.NO_SUCH_NAME)


def record_failure(context: Context, session: Session, attempt: Attempt, why: FailureReason) -> None:
    """Record a refusal."""
    hashed = hash_identifier(context.settings.keys("events")[0], attempt.identifier)
    record_failed_sign_in(session, attempt.account, why, context.now, origin=context.origin, about=hashed)
