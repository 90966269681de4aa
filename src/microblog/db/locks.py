"""Named locks that all processes of a site share: PostgreSQL's advisory locks. SQLite has one writer and needs none."""

from enum import IntEnum, unique

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from microblog.db.dialect import dialect_name

# The form with two numbers, the second one for the subject. PostgreSQL keeps it apart from the form with one.
LOCK = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:subject))")
TRY_SHARED = text("SELECT pg_try_advisory_lock_shared(:lock, 0)")
TRY_EXCLUSIVE = text("SELECT pg_try_advisory_lock(:lock, 0)")
UNLOCK_ALL = text("SELECT pg_advisory_unlock_all()")


@unique
class Lock(IntEnum):
    """Every lock there is. The numbers mean nothing, but processes of two versions must agree on them."""

    SCHEMA = 1
    POST_ORDER = 2
    MAIL_PROVIDER_RATE = 3
    SIGN_UP = 5
    IN_USE = 6
    """Held by a connection for as long as a process uses the database, and exclusively by a restore."""


def exclusive(session: Session | Connection, lock: Lock, subject: str = "") -> None:
    """Wait until no other transaction has this lock (of this subject), and hold it until this transaction ends.

    Two subjects may share a lock by chance, so a lock never means more than waiting. Does nothing on SQLite.
    """
    if dialect_name(session) == "postgresql":
        session.execute(LOCK, {"lock": lock.value, "subject": subject})


def try_shared(connection: Connection, lock: Lock) -> bool:
    """Take a lock that outlasts transactions, beside others who share it. PostgreSQL only."""
    return bool(connection.execute(TRY_SHARED, {"lock": lock.value}).scalar_one())


def try_exclusive(connection: Connection, lock: Lock) -> bool:
    """Take a lock that outlasts transactions, for this connection alone. PostgreSQL only."""
    return bool(connection.execute(TRY_EXCLUSIVE, {"lock": lock.value}).scalar_one())


def unlock_all(connection: Connection) -> None:
    """Release what `try_shared` and `try_exclusive` took."""
    connection.execute(UNLOCK_ALL)
