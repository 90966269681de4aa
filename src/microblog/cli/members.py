"""`microblog sign-out`, `deactivate` and `reactivate`: what an administrator does to an account. Its owner is told."""

from collections.abc import Callable
from typing import TypeVar

import click

from microblog.auth import AccountChanged, Administrator, NoSuchAccount
from microblog.cli.bootstrap import open_context, stop
from microblog.cli.recover import operator
from microblog.context import Context
from microblog.moderation import deactivate as deactivate_account
from microblog.moderation import reactivate as reactivate_account
from microblog.moderation import sign_out_everywhere
from microblog.refusals import NothingToDo
from microblog.words import refusal_text

Result = TypeVar("Result")

user_argument = click.argument("user", metavar="USER")


@click.command("sign-out")
@user_argument
def sign_out(user: str) -> None:
    """End every login of USER (a username or an address), on all devices."""
    done = change(sign_out_everywhere, user)
    words = "one login" if done.result == 1 else f"{done.result} logins"
    click.echo(f"{done.username}: {words} ended." if done.result else f"{done.username} is not signed in.")


@click.command()
@user_argument
def deactivate(user: str) -> None:
    """Keep everybody out of the account of USER until it is reactivated. Nothing is deleted."""
    done = change(deactivate_account, user)
    click.echo(f"{done.username} is deactivated: signed out everywhere, and nobody can sign in.")


@click.command()
@user_argument
def reactivate(user: str) -> None:
    """Let the deactivated account of USER work again."""
    click.echo(f"{change(reactivate_account, user).username} can sign in again.")


def change(act: Callable[[Context, Administrator, str], AccountChanged[Result]], user: str) -> AccountChanged[Result]:
    """Change an account, or exit with the reason."""
    with open_context() as context:
        try:
            return act(context, Administrator(operator()), user)
        except (NoSuchAccount, NothingToDo) as refusal:
            stop(refusal_text(refusal))
