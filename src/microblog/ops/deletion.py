"""Deleting the accounts whose owners asked for it three days ago, with what every package keeps of them."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from microblog import follows, posts
from microblog.db import Database
from microblog.personal_data import Forget, delete_account, due_accounts


def until_nothing_is_left(forget_some: Callable[[Session, int], int]) -> Forget:
    """Return what lets go of everything, of what lets go of some at a time."""

    def forget(session: Session, account_id: int) -> None:
        while forget_some(session, account_id):
            pass

    return forget


FORGET: tuple[Forget, ...] = (
    until_nothing_is_left(posts.forget_account),
    until_nothing_is_left(follows.forget_account),
)
"""How each package lets go of what it keeps of an account, where the database does not do it."""


def delete_due(database: Database, secret: bytes, now: datetime) -> Iterator[int]:
    """Delete the accounts that are due by `now`, one per transaction; yields how many each step deleted.

    Whether one is due is decided again by its own transaction, so several workers may do this at once, any of them may
    die, and a deletion that is cancelled meanwhile is cancelled. `secret` is for hashes of events.

    A deletion cannot be undone, so `now` has to be beyond doubt: a clock that is days ahead deletes days too early.
    """
    with database.reading() as session:
        numbers = due_accounts(session, now)
    for number in numbers:
        with database.writing() as session:
            deleted = delete_account(session, number, FORGET, secret, now)
        yield int(deleted)
