"""A Python prompt for developers."""

import code

import click
from sqlalchemy.orm import Session

from microblog import schema
from microblog.banner import describe_database
from microblog.cli.bootstrap import clock_for, open_database, read_settings, refuse_old_schema, with_current_generation
from microblog.web import Message, create_app, send_email


@click.command()
def shell() -> None:
    """Open a Python prompt with the app, its mail, a database session and the models at hand."""
    settings = read_settings()
    with open_database(settings) as database:
        refuse_old_schema(database)
        settings = with_current_generation(settings, database)
        app = create_app(settings, database, clock_for(database))
        engine = database.engine.execution_options(lazy=True)
        with app.app_context(), Session(engine) as session:
            hands = {"app": app, "mail": app.extensions["mail"], "Message": Message, "send_email": send_email}
            hands |= {"session": session, "database": database, "settings": settings}
            hands |= {table.__name__: table for table in schema.TABLES}
            click.echo(f"Database: {describe_database(settings)}")
            code.interact("At hand: " + ", ".join(hands) + ". Changes need session.commit().", local=hands, exitmsg="")
