"""Deleting the accounts whose owners asked for it three days ago, with what every package keeps of them."""

from collections.abc import Iterator
from datetime import datetime

from microblog import follows, posts
from microblog.db import Database
from microblog.personal_data import Eraser, delete_account, due_accounts

ERASERS: tuple[Eraser, ...] = (posts.erase_account, follows.erase_account)
"""How each package erases its rows of an account, where a foreign key doesn't."""


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
            deleted = delete_account(session, number, ERASERS, secret, now)
        yield int(deleted)
