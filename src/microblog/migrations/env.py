"""Alembic runs this for `alembic` on the command line, which only developers use: `docs/adding.md` shows how."""

from contextlib import closing

from alembic import context

from microblog import settings
from microblog.db import Database
from microblog.schema import METADATA

with closing(Database(settings.load().database_url)) as database, database.engine.connect() as connection:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
