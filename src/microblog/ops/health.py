"""Is the site well?"""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from microblog.db import Database


def database_answers(database: Database) -> bool:
    """Tell whether the database answers a question now."""
    try:
        with database.reading() as session:
            return session.scalar(text("SELECT version_num FROM alembic_version")) is not None
    except DBAPIError:
        return False
