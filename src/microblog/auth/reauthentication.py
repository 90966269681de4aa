"""Reauthentication: asking for the password again before a sensitive action."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.audit import EventType, record
from microblog.auth.errors import WrongPassword
from microblog.auth.passwords import verify_password
from microblog.context import Context
from microblog.identity import Account, ChangedMeanwhile, get_account
from microblog.limits import Limit

WHERE = "while_signed_in"


def reauthenticate(context: Context, account_id: int, password: str, counted_for: str) -> Account:
    """Return an account if this is its password.

    A try counts against the client and against `counted_for`: a session of the member, so that whoever took it over
    can't go on from another IP range and others are not kept out, or a link.

    Raises:
        WrongPassword: it is another one.
        RateLimited: it was tried too often.
    """
    limits = context.settings.limits
    per_client = Limit("sign-ins per client", limits.sign_in_per_client)
    per_subject = Limit("passwords asked for once more", limits.sign_in_per_identifier)
    with context.writing() as session:
        context.spend(session, (per_client, context.client.key), (per_subject, counted_for))
        account = get_account(session, account_id)
    if account and verify_password(account.password_hash, password):
        return account
    with context.writing() as session:
        if account:
            record(session, account.id, EventType.SIGN_IN_REFUSED, context.now, origin=context.origin, detail=WHERE)
    raise WrongPassword


def lock_verified(session: Session, verified: Account) -> Account:
    """Return an account as it is now, locked until the transaction ends.

    `verified` is the account as it was when its password was verified.

    Raises:
        ChangedMeanwhile: its password was changed since, or it was deactivated.
    """
    same = select(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    account = session.scalar(same.where(Account.deactivated_at.is_(None)).with_for_update())
    if account is None:
        raise ChangedMeanwhile
    return account
