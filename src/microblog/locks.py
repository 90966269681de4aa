"""Named locks that all processes of a site share: PostgreSQL's advisory locks, held until the transaction ends.

SQLite has one writer at a time and needs none of them.
"""

from enum import IntEnum, unique

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

# The form with two numbers, the second one for the subject. PostgreSQL keeps it apart from the form with one.
TAKE = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:subject))")
TRY_SHARED = text("SELECT pg_try_advisory_lock_shared(:lock, 0)")
TRY_ALONE = text("SELECT pg_try_advisory_lock(:lock, 0)")
LET_GO_OF_ALL = text("SELECT pg_advisory_unlock_all()")
"""Locks of a connection, which outlast its transactions."""


@unique
class Lock(IntEnum):
    """Every lock there is. The numbers mean nothing, but processes of two versions must agree on them."""

    SCHEMA = 1
    POST_ORDER = 2
    MAIL_PROVIDER_RATE = 3
    SIGN_UP = 5
    IN_USE = 6
    """Held by a connection for as long as a process uses the database, and alone by a restore."""


def exclusive(session: Session | Connection, lock: Lock, subject: str = "") -> None:
    """Wait until no other transaction has this lock (of this subject), and hold it until this transaction ends.

    Two subjects may share a lock by chance, so a lock never means more than waiting.
    """
    bind = session.get_bind() if isinstance(session, Session) else session
    if bind.dialect.name == "postgresql":
        session.execute(TAKE, {"lock": lock.value, "subject": subject})
