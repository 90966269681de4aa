"""Database errors: whether a retry can help, and messages without the values of rows."""

import logging
import sqlite3

import psycopg
from sqlalchemy import ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

PERMANENT = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def is_permanent_error(error: SQLAlchemyError) -> bool:
    """Return True if the statement, its values or the schema is wrong, False if the database is in trouble.

    Trying again helps only in the latter case.
    """
    original = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(original, sqlite3.OperationalError):  # its word for nearly everything, a missing table too
        return original.sqlite_errorcode == sqlite3.SQLITE_ERROR
    return not isinstance(error, (DBAPIError, PoolTimeoutError)) or isinstance(error, PERMANENT)


def hide_detail(context: ExceptionContext) -> None:
    """Remove PostgreSQL's DETAIL from an error: it quotes the row, email address and password hash included."""
    error, shown = context.original_exception, context.sqlalchemy_exception
    whole, first_line = str(error), remove_detail(error)
    if first_line and shown:
        shown.args = tuple(str(part).replace(whole, first_line) for part in shown.args)


def remove_detail(error: BaseException) -> str | None:
    """Reduce an error of PostgreSQL to its first line, and return that; None for any other error."""
    first_line = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    if first_line:
        error.args = (first_line,)
    return first_line


def logs_no_row(record: logging.LogRecord) -> bool:
    """Return False for the rows that SQLAlchemy logs at level DEBUG: they hold email addresses and password hashes."""
    return not str(record.msg).startswith("Row ")


logging.getLogger("sqlalchemy.engine.Engine").addFilter(logs_no_row)
