"""`microblog backup` and `microblog restore`."""

from pathlib import Path

import click

from microblog.backup import BackupRefused, Contents, RestoreResult, exclusive_use, read_contents, restore, take_backup
from microblog.banner import describe_database
from microblog.cli.bootstrap import clock_for, open_database, read_settings, stop, stop_on_database_errors
from microblog.cli.mail.tables import emails_table
from microblog.db import Database
from microblog.mail import State, admin
from microblog.settings import Settings
from microblog.words import refusal_text
from microblog.words.spans import counted

LISTED = 20
file_argument = click.argument("file", type=click.Path(path_type=Path))
HELD = """
These emails waited when the backup was made. Some may have been sent since, so all are held until you decide.
  microblog mail list --state held    shows them
  microblog mail release ID...        sends some (--all sends all)
  microblog mail drop ID...           drops some (--held drops all)
"""


@click.command()
@file_argument
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
def backup(file: Path, *, overwrite: bool) -> None:
    """Back up the whole database to FILE, and check the backup. The site may be running.

    FILE is the same for SQLite and PostgreSQL, and can be restored to either. It holds email addresses and password
    hashes, so only you can read it. Keep SECRET_KEY as well, but not in the same place.
    """
    settings = read_settings()
    with open_database(settings) as database:
        try:
            contents = take_backup(database, file, clock_for(database)(), overwrite=overwrite)
        except BackupRefused as refusal:
            stop(refusal_text(refusal))
    click.echo(f"Backed up to {file}, and checked: {holds(contents)}.")


@click.command("restore")
@file_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore_command(file: Path, *, yes: bool) -> None:
    """Replace the database with the backup in FILE. Stop the site and every worker first.

    Everyone is signed out, links in emails sent before stop working, and emails that waited are held until you send or
    drop them. The former database is kept.
    """
    settings = read_settings()
    try:
        contents = read_contents(file)
        click.echo(f"Backup of {contents.made_at:%Y-%m-%d %H:%M:%S UTC}, from {contents.made_from}: {holds(contents)}.")
        if not yes:
            click.confirm(f"Replace the database ({describe_database(settings)}) with it?", abort=True)
        replace(settings, file)
    except BackupRefused as refusal:
        stop(f"{refusal_text(refusal)} Nothing was changed.")
    except OSError as error:
        stop(f"The backup could not be restored: {error.filename or file}: {error.strerror}. Nothing was changed.")


def replace(settings: Settings, file: Path) -> None:
    """Restore, and say what was done and what is left to do."""
    database = Database(settings.database_url)
    with stop_on_database_errors(database, settings), exclusive_use(database):
        done = restore(file, database, clock_for(database)())
    print_restored(done)
    database = Database(settings.database_url)
    with stop_on_database_errors(database, settings), database.reading() as session:
        page = admin.find(session, admin.Wanted(state=State.HELD), size=LISTED)
    if done.held:
        more = f"\n… and {done.held - len(page.entries)} more" if done.held > len(page.entries) else ""
        click.echo(f"\n{emails_table(page.entries)}{more}\n{HELD}")


def print_restored(done: RestoreResult) -> None:
    """Say what a restore did."""
    click.echo(f"Restored. Sessions ended: {done.sessions}. Emails held: {done.held}.")
    if done.former:
        click.echo(f"The former database is kept at {done.former}. Delete it when you no longer need it.")


def holds(contents: Contents) -> str:
    """Say what a backup holds."""
    parts = (contents.members, "member"), (contents.posts, "post"), (contents.waiting, "waiting email")
    return ", ".join(counted(number, name) for number, name in parts)
