"""`microblog sign-out`, `deactivate` and `reactivate`: what an operator may do to an account, told to its owner."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy.orm import Session

from microblog.cli.bootstrap import clock_for, open_database, read_settings, refuse_old_schema, stop
from microblog.identity import Account, find_anyone
from microblog.mail import canonical_identifier
from microblog.moderation import deactivate as deactivate_account
from microblog.moderation import reactivate as reactivate_account
from microblog.moderation import sign_out_everywhere
from microblog.refusals import NothingToDo

user_argument = click.argument("user", metavar="USER")


@contextmanager
def account_of(user: str) -> Iterator[tuple[Session, Account, datetime]]:
    """Find whose username or address it is, in a transaction; stop where it is nobody's."""
    with open_database(read_settings()) as database:
        refuse_old_schema(database)
        with database.writing() as session:
            account = find_anyone(session, canonical_identifier(user)) or stop("There is no such account.")
            yield session, account, clock_for(database)()


@click.command("sign-out")
@user_argument
def sign_out(user: str) -> None:
    """End every login of USER (a username or an address), on all devices."""
    with account_of(user) as (session, account, now):
        name, ended = account.username, sign_out_everywhere(session, account, now)
    words = "one login" if ended == 1 else f"{ended} logins"
    click.echo(f"{name}: {words} ended." if ended else f"{name} is not signed in.")


@click.command()
@user_argument
def deactivate(user: str) -> None:
    """Keep everybody out of the account of USER until it is reactivated. Nothing is deleted."""
    change(user, deactivate_account, "is deactivated: signed out everywhere, and nobody can sign in.")


@click.command()
@user_argument
def reactivate(user: str) -> None:
    """Let the deactivated account of USER work again."""
    change(user, reactivate_account, "can sign in again.")


def change(user: str, act: Callable[[Session, Account, datetime], None], words: str) -> None:
    """Change an account, and say so, or why there was nothing to do."""
    try:
        with account_of(user) as (session, account, now):
            act(session, account, now)
            name = account.username
    except NothingToDo as refusal:
        stop(str(refusal))
    click.echo(f"{name} {words}")
