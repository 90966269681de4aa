"""`microblog remove-backup-email`, `end-recovery-codes` and `set-email`: the ways back into an account, set right.

Each is told to its owner at every address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy.orm import Session

from microblog.cli.bootstrap import clock_for, open_database, read_settings, refuse_old_schema, stop
from microblog.cli.members import user_argument
from microblog.cli.recover import NOBODY, operator
from microblog.identity import Account, find_any
from microblog.mail import Address, BadAddress, canonical_identifier, parse_address
from microblog.recovery import end_recovery_codes, remove_backup_email, set_email
from microblog.refusals import Refusal

REFUSED = 4  # exit status; 1 is trouble with the database, 2 with the settings or the command


@contextmanager
def account_to_change(user: str) -> Iterator[tuple[Session, Account, datetime]]:
    """Find whose username or address it is, in a transaction; stop where it is nobody's, or the change is refused."""
    with open_database(read_settings()) as database:
        refuse_old_schema(database)
        try:
            with database.writing() as session:
                account = find_any(session, canonical_identifier(user)) or stop("There is no such account.", NOBODY)
                yield session, account, clock_for(database)()
        except Refusal as refusal:
            stop(str(refusal), REFUSED)


@click.command("remove-backup-email")
@user_argument
def remove_backup_email_command(user: str) -> None:
    """Remove the backup email of USER (a username or an address). Every address is told.

    Exit status: 3 for no such account, 4 for one without a backup email.
    """
    with account_to_change(user) as (session, account, now):
        name, removed = account.username, remove_backup_email(session, account, operator(), now)
    click.echo(f"{name}: {removed} is no longer the backup email.")


@click.command("end-recovery-codes")
@user_argument
def end_recovery_codes_command(user: str) -> None:
    """End all recovery codes of USER (a username or an address). Every address is told.

    Exit status: 3 for no such account, 4 for one without recovery codes.
    """
    with account_to_change(user) as (session, account, now):
        name, ended = account.username, end_recovery_codes(session, account, operator(), now)
    click.echo(f"{name}: {ended} recovery {'code' if ended == 1 else 'codes'} ended.")


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
    with account_to_change(user) as (session, account, now):
        name, before = account.username, set_email(session, account, wanted, operator(), now)
    click.echo(f"{name}: the email address is {wanted.spelled} now, and was {before}.")


def address_in(typed: str) -> Address:
    """Read an address, or say what is wrong with it."""
    try:
        return parse_address(typed)
    except BadAddress as error:
        raise click.BadParameter(str(error), param_hint="ADDRESS") from error
