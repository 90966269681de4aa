"""Deleting an account, at once and with all that belongs to it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from microblog.accounts import events
from microblog.accounts.contact import notice_addresses
from microblog.accounts.errors import ChangedMeanwhile
from microblog.accounts.events import Happened
from microblog.accounts.models import Account, FormerUsername, KeptUsername
from microblog.accounts.origin import Origin
from microblog.mail import Kind, post

GOODBYE_LETTER = Kind("goodbye", urgent=True)
GOODBYE_USEFUL_FOR = timedelta(days=7)
NAME_KEPT_FOR = timedelta(days=30)  # whoever took the name the next day would be taken for them

Forget = Callable[[Session, int], None]
"""What another room does before an account goes: let go of what it keeps of that account, by its number."""


def delete_account(
    session: Session, verified: Account, forget: Sequence[Forget], about: str, now: datetime, origin: Origin
) -> None:
    """Delete an account whose password was just typed, and say goodbye to every address it had.

    Its rows go with it: logins, events, second address, codes, moves, confirmations. The address is free at once, the
    usernames after a month, those it had before too. `about` is the keyed hash of the address, for the one event that
    stays.

    Raises:
        ChangedMeanwhile: the account was changed since.
    """
    told = notice_addresses(session, verified)
    for room in forget:
        room(session, verified.id)
    names = usernames_of(session, verified.id)
    same = delete(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    if session.scalar(same.where(Account.deactivated_at.is_(None)).returning(Account.id)) is None:
        raise ChangedMeanwhile
    session.add_all(KeptUsername(username_key=name, free_at=now + NAME_KEPT_FOR) for name in names)
    events.record(session, None, Happened.DELETED, now, origin=origin, about=about)
    facts = {"username": verified.username, "at": now.isoformat(), "origin": origin.words}
    for to in told:
        post(session, GOODBYE_LETTER, to=to, facts=facts, useful_for=GOODBYE_USEFUL_FOR, now=now)


def usernames_of(session: Session, account_id: int) -> list[str]:
    """Return the keys of all usernames of an account, and keep it from getting another one meanwhile."""
    has = select(Account.username_key).where(Account.id == account_id).with_for_update()
    had = select(FormerUsername.username_key).where(FormerUsername.account_id == account_id)
    return [*session.scalars(has), *session.scalars(had)]
