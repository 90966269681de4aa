"""`microblog mail list`, `show`, `retry`, `drop` and `release`: the outbox, at a terminal. Times are in UTC."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

import click
from sqlalchemy.orm import Session

from microblog.cli.bootstrap import clock_for, open_database, read_settings, refuse_old_schema, stop
from microblog.cli.mail.tables import describe_email, emails_table
from microblog.db import Database
from microblog.mail import State, admin
from microblog.words.emails import OUTCOMES, action_refused_text, last_words
from microblog.words.spans import counted

MOST = 1000
BY = "a command"
"""Who did it, for the log."""
Action = Callable[[Database, int, datetime, str], admin.Outcome]
ActionOnHeld = Callable[[Database, datetime, str], int]

numbers_argument = click.argument("numbers", type=int, nargs=-1, required=True, metavar="ID...")
some_numbers = click.argument("numbers", type=int, nargs=-1, metavar="[ID]...")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@contextmanager
def open_outbox() -> Iterator[Database]:
    """Open the database, which a running site may be using."""
    with open_database(read_settings()) as database:
        refuse_old_schema(database)
        yield database


@click.command("list")
@click.option("--state", type=click.Choice([str(state) for state in State]), help="Only letters in this state.")
@click.option("--kind", default="", help="Only letters of this kind, such as reset_password.")
@click.option("--to", default="", metavar="ADDRESS", help="Only letters to this address, in any spelling.")
@click.option("--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="At most so many.")
@json_option
def list_emails(state: str | None, kind: str, to: str, limit: int, *, as_json: bool) -> None:
    """List letters, newest first."""
    wanted = admin.Wanted(State(state) if state else None, kind, to)
    with open_outbox() as database, database.reading() as session:
        found = find_all(session, wanted, limit)
        obstacle = admin.what_stops_delivery(session, clock_for(database)())
    if as_json:
        click.echo(in_json([facts_of(entry) for entry in found]))
    else:
        click.echo(emails_table(found, obstacle) or "There are no such letters.")


def find_all(session: Session, wanted: admin.Wanted, limit: int) -> list[admin.EmailEntry]:
    """Search the emails page by page, however far."""
    found: list[admin.EmailEntry] = []
    page = admin.EmailPage((), older=admin.HIGHEST)
    while page.older and len(found) < limit:
        page = admin.find(session, wanted, size=limit - len(found), before=page.older)
        found += page.entries
    return found


@click.command()
@click.argument("number", type=int, metavar="ID")
@json_option
def show(number: int, *, as_json: bool) -> None:
    """Show every try of one letter, with the mail server's words. Never what the letter says."""
    with open_outbox() as database, database.reading() as session:
        entry = admin.entry(session, number) or stop(f"There is no email {number}.")
        tries, now = admin.all_tries(session, number), clock_for(database)()
        obstacle = admin.what_stops_delivery(session, now)
    if as_json:
        click.echo(in_json(facts_of(entry) | {"all_tries": [asdict(one) for one in tries]}))
    else:
        click.echo(describe_email(entry, tries, now, obstacle))


@click.command()
@numbers_argument
def retry(numbers: tuple[int, ...]) -> None:
    """Try letters once more that were not sent. They are due now, and have as long as they had at first."""
    change_each(numbers, admin.retry)


@click.command()
@some_numbers
@click.option("--held", is_flag=True, help="Drop every email held after a restore.")
def drop(numbers: tuple[int, ...], *, held: bool) -> None:
    """End emails that have not left yet, without sending them."""
    if named_or_all(numbers, "--held", every=held):
        change_each(numbers, admin.drop)
    else:
        click.echo(f"Dropped: {change_all(admin.drop_held)}.")


@click.command()
@some_numbers
@click.option("--all", "every", is_flag=True, help="Send every email held after a restore.")
def release(numbers: tuple[int, ...], *, every: bool) -> None:
    """Send emails that are held after a restore."""
    if named_or_all(numbers, "--all", every=every):
        change_each(numbers, admin.release)
    else:
        click.echo(f"Due now: {change_all(admin.release_held)}.")


def named_or_all(numbers: tuple[int, ...], option: str, *, every: bool) -> bool:
    """Tell whether emails are named by number rather than all meant; it must be one of the two."""
    if bool(numbers) == every:
        raise click.UsageError(f"Give the numbers of emails, or {option}.")
    return bool(numbers)


def change_all(action: ActionOnHeld) -> str:
    """Do something to every held email, and return in words how many there were."""
    with open_outbox() as database:
        return counted(action(database, clock_for(database)(), BY), "email")


def change_each(numbers: tuple[int, ...], action: Action) -> None:
    """Apply an action to some emails, one by one, and print each result; fail if one could not be changed."""
    refusals = 0
    with open_outbox() as database:
        clock = clock_for(database)
        for number in numbers:
            try:
                outcome = action(database, number, clock(), BY)
            except admin.ActionRefused as refusal:
                refusals += 1
                click.echo(f"{number}: {action_refused_text(refusal)}", err=True)
            else:
                click.echo(f"{number}: {OUTCOMES[outcome]}")
    sys.exit(1 if refusals else 0)


def facts_of(entry: admin.EmailEntry) -> dict[str, object]:
    """Return what a program is told of an email."""
    return asdict(entry) | {"reply": last_words(entry)}


def in_json(found: object) -> str:
    """Return JSON, moments in ISO 8601."""
    return json.dumps(found, indent=2, default=datetime.isoformat)
