"""Alembic runs this: for `schema.upgrade`, which passes its connection in, and for `alembic` on the command line.

Only developers use the latter: `docs/adding.md` shows how.
"""

from contextlib import closing

from alembic import context
from sqlalchemy import Connection

from microblog import settings
from microblog.db import Database
from microblog.schema import METADATA


def run_on(connection: Connection) -> None:
    """Run the migrations in a transaction: the caller's, if there is one."""
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


if (of_caller := context.config.attributes.get("connection")) is not None:
    run_on(of_caller)
else:
    with closing(Database(settings.load().database_url)) as database, database.engine.connect() as connection:
        run_on(connection)
