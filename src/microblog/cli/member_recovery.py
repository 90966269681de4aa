"""`microblog remove-backup-email`, `end-recovery-codes` and `set-email`: the ways back into an account, set right.

Each is told to its owner at every address.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from microblog.auth import Administrator, NoSuchAccount
from microblog.cli.bootstrap import open_context, stop
from microblog.cli.members import user_argument
from microblog.cli.recover import NOBODY, operator
from microblog.mail import Address, BadAddress, parse_address
from microblog.recovery import end_recovery_codes, remove_backup_email, set_email
from microblog.refusals import Refusal
from microblog.words import refusal_text

REFUSED = 4  # exit status; 1 is trouble with the database, 2 with the settings or the command


@contextmanager
def stop_on_refusal() -> Iterator[None]:
    """Exit with the reason where there is no such account, or the change is refused."""
    try:
        yield
    except NoSuchAccount as refusal:
        stop(refusal_text(refusal), NOBODY)
    except Refusal as refusal:
        stop(refusal_text(refusal), REFUSED)


@click.command("remove-backup-email")
@user_argument
def remove_backup_email_command(user: str) -> None:
    """Remove the backup email of USER (a username or an address). Every address is told.

    Exit status: 3 for no such account, 4 for one without a backup email.
    """
    with open_context() as context, stop_on_refusal():
        done = remove_backup_email(context, Administrator(operator()), user)
    click.echo(f"{done.username}: {done.result} is no longer the backup email.")


@click.command("end-recovery-codes")
@user_argument
def end_recovery_codes_command(user: str) -> None:
    """End all recovery codes of USER (a username or an address). Every address is told.

    Exit status: 3 for no such account, 4 for one without recovery codes.
    """
    with open_context() as context, stop_on_refusal():
        done = end_recovery_codes(context, Administrator(operator()), user)
    click.echo(f"{done.username}: {done.result} recovery {'code' if done.result == 1 else 'codes'} ended.")


@click.command("set-email")
@user_argument
@click.argument("address")
def set_email_command(user: str, address: str) -> None:
    """Make ADDRESS the email address of USER (a username or an address), because you know that it is theirs.

    Nobody confirms it. Everybody is signed out of the account, and links that were sent before no longer work. The
    new address and those of before are told. Exit status: 3 for no such account, 4 where the address is another
    account's or this one's already.
    """
    wanted = address_in(address)
    with open_context() as context, stop_on_refusal():
        done = set_email(context, Administrator(operator()), user, wanted)
    click.echo(f"{done.username}: the email address is {wanted.spelled} now, and was {done.result}.")


def address_in(typed: str) -> Address:
    """Read an address, or say what is wrong with it."""
    try:
        return parse_address(typed)
    except BadAddress as error:
        raise click.BadParameter(str(error), param_hint="ADDRESS") from error
