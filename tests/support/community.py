"""Members and their posts, for tests of the rooms below the pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from microblog import follows, posts
from microblog.db import Database
from microblog.identity import Account
from support.clock import NOON

forms = count()


def add_member(database: Database, username: str) -> int:
    """Make somebody a member and return their number."""
    account = Account(
        username=username,
        username_key=username.lower(),
        email=f"{username}@example.com",
        email_key=f"{username.lower()}@example.com",
        password_hash="x",
        created_at=NOON,
    )
    with database.writing() as session:
        session.add(account)
    return account.id


def say(database: Database, author_id: int, text: str = "Hello") -> int:
    """Publish a post and return its number."""
    number = next(forms)
    with database.writing() as session:
        now = NOON + timedelta(seconds=number)
        return posts.add_post(session, author_id=author_id, text=text, once=f"form {number}", now=now).id


def follow(database: Database, follower_id: int, *followed: int, now: datetime = NOON) -> None:
    """Let somebody follow others."""
    with database.writing() as session:
        for followed_id in followed:
            follows.add_follow(session, follower_id=follower_id, followed_id=followed_id, now=now)


def deactivate(database: Database, account_id: int) -> None:
    """Deactivate an account."""
    with database.writing() as session:
        session.scalars(select(Account).where(Account.id == account_id)).one().deactivated_at = NOON


def about_to_be_deleted(database: Database, account_id: int) -> None:
    """Let the owner of an account have asked for its deletion."""
    with database.writing() as session:
        account = session.scalars(select(Account).where(Account.id == account_id)).one()
        account.deletion_due_at = NOON + timedelta(days=3)


Hide = Callable[[Database, int], None]
each_way_to_hide = pytest.mark.parametrize("hide", [deactivate, about_to_be_deleted])
"""What hides an account from others, in every list and in every email."""


def unsaved_account(number: int) -> Account:
    """Return an account that is in no database, for links to nobody."""
    address = f"{number}@example.com"
    account = Account(
        username=f"m{number}",
        username_key=f"m{number}",
        email=address,
        email_key=address,
        password_hash="x",
        created_at=NOON,
    )
    account.id = number
    return account
