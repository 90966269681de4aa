"""Deleting an account, at once and with all that belongs to it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from microblog.accounts import events
from microblog.accounts.contact import notice_addresses
from microblog.accounts.errors import ChangedMeanwhile
from microblog.accounts.events import Happened
from microblog.accounts.models import Account, KeptUsername
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
    username after a month. `about` is the keyed hash of the address, for the one event that stays.

    Raises:
        ChangedMeanwhile: the account was changed since.
    """
    told = notice_addresses(session, verified)
    for room in forget:
        room(session, verified.id)
    same = delete(Account).where(Account.id == verified.id, Account.password_hash == verified.password_hash)
    if session.scalar(same.where(Account.deactivated_at.is_(None)).returning(Account.id)) is None:
        raise ChangedMeanwhile
    session.add(KeptUsername(username_key=verified.username_key, free_at=now + NAME_KEPT_FOR))
    events.record(session, None, Happened.DELETED, now, origin=origin, about=about)
    facts = {"username": verified.username, "at": now.isoformat(), "origin": origin.words}
    for to in told:
        post(session, GOODBYE_LETTER, to=to, facts=facts, useful_for=GOODBYE_USEFUL_FOR, now=now)
