"""Request a reset email: one row, whatever was typed. The account, if any, is looked up when it is rendered."""

from datetime import datetime

from sqlalchemy.orm import Session

from microblog.audit import EventType, hash_identifier, record
from microblog.context import Context, require_allowed
from microblog.db import GroupCommit
from microblog.limits import Limit, Verdict
from microblog.mail import canonical_identifier, queue
from microblog.origin import NOWHERE, Origin
from microblog.recovery.emails.reset_password import RESET_PASSWORD, ResetAsked
from microblog.recovery.reset_key import reset_email_key
from microblog.settings import Rate

RARELY = Rate(1, 600)
TOO_OFTEN = "told_to_wait"


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
    queue(
        session,
        RESET_PASSWORD,
        to=identifier_key,
        address_key=identifier_key,
        payload=ResetAsked(identifier_key, origin),
        now=now,
        key=reset_email_key(identifier_key),
    )
