"""Asking for a reset letter: one row, whatever was typed. Whose it is, if anybody's, is found when it is written."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.audit import EventType, hash_identifier, record
from microblog.context import Context, require_allowed
from microblog.db import GroupCommit
from microblog.identity import Account
from microblog.limits import Limit, Verdict
from microblog.mail import Email, Kind, canonical_identifier, post
from microblog.origin import NOWHERE, Origin, origin_in
from microblog.settings import Rate

RESET_LETTER = Kind("reset_password", urgent=True)
RARELY = Rate(1, 600)
TOO_OFTEN = "told_to_wait"
TTL = timedelta(days=1)  # a letter the mail server could not take for longer would only puzzle


def request_reset(context: Context, identifier_key: str, commits: GroupCommit) -> None:
    """Queue a reset email for whoever goes by a username or an address. The accounts are not read.

    The whole site is counted first: whoever holds that row is alone, so of those who request at once in two processes
    no two wait for each other.

    Raises:
        RateLimited: there were too many requests. It is recorded, if not too often.
    """

    def count_and_queue(session: Session) -> Verdict:
        """Do the work; perhaps in a thread that answers another request."""
        verdict = count_request(context, session)
        if verdict.allowed:
            ask_by_key(session, identifier_key, context.now, context.origin)
        else:
            record_too_many(context, session, identifier_key)
        return verdict

    require_allowed(commits.write(count_and_queue, order=context.client.key))


def count_request(context: Context, session: Session) -> Verdict:
    """Count one request."""
    limits = context.settings.limits
    per_client = Limit("reset requests per client", limits.reset_per_client), context.client.key
    return context.count_with_site(session, Limit("reset requests", limits.reset_per_site), RARELY, per_client)


def record_too_many(context: Context, session: Session, identifier_key: str) -> None:
    """Record, if not too often, that a requester was told to wait, by a keyed hash of the name: nobody is looked up."""
    if context.may_record(session, "reset requests over a limit", identifier_key):
        hashed = hash_identifier(context.settings.keys("events")[0], identifier_key)
        record(
            session, None, EventType.RESET_REQUESTED, context.now, origin=context.origin, detail=TOO_OFTEN, about=hashed
        )


def ask(session: Session, identifier: str, now: datetime, origin: Origin = NOWHERE) -> None:
    """Queue a reset email to whoever goes by this username or address."""
    ask_by_key(session, canonical_identifier(identifier), now, origin)


def ask_by_key(session: Session, identifier_key: str, now: datetime, origin: Origin = NOWHERE) -> None:
    """Do the same for who has already read the identifier."""
    post(
        session,
        RESET_LETTER,
        to=identifier_key,
        address_key=identifier_key,
        facts={"identifier": identifier_key, **asdict(origin)},
        ttl=TTL,
        now=now,
        key=letter_key(identifier_key),
    )


def ask_at(session: Session, account: Account, addresses: Sequence[str], ttl: timedelta, now: datetime) -> None:
    """Post the letters to the other addresses of an account that was asked for by its username: one row each.

    They are counted already, together with the one they belong to.
    """
    for address in addresses:
        key = canonical_identifier(address)
        post(
            session,
            RESET_LETTER,
            to=address,
            facts={"identifier": key, "account": account.id},
            ttl=ttl,
            now=now,
            key=letter_key(key),
            progress={"counted": True},
        )


def letter_key(identifier_key: str) -> str:
    """Return what the reset letters for one identifier share."""
    return f"reset {identifier_key}"


def note_asked(session: Session, letter: Email, account_id: int | None, about: str = "", detail: str = "") -> None:
    """Note, once for each letter, that it was asked for: when and from where it was, not when this is found out.

    For an account, or where there is none for `about`, the keyed hash of what was typed.
    """
    if letter.facts.get("noted") == letter.id:
        return
    record(
        session,
        account_id,
        EventType.RESET_REQUESTED,
        letter.queued_at,
        origin=origin_in(letter.facts),
        detail=detail,
        letter_id=letter.id,
        about="" if account_id else about,
    )
