"""Looking after the database's tables."""

import click
from alembic import command

from microblog import schema
from microblog.banner import describe_database
from microblog.cli.bootstrap import open_database, read_settings


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database up to date. Harmless when it is."""
    settings = read_settings()
    with open_database(settings) as database:
        steps = schema.upgrade(database)
    click.echo(f"Database: {describe_database(settings)}")
    click.echo("\n".join(f"Done: {step}" for step in steps) or "The database is up to date.")


@db.command()
@click.argument("words")
def revise(words: str) -> None:
    """Write a new migration, named by WORDS, from what the models have and the database lacks. For developers."""
    read_settings()
    command.revision(schema.config(), words, autogenerate=True)
