"""How a database would answer what it is asked: along an index, or by reading a whole table."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from microblog.db import dialect_name

# A whole table read, in the words of either database. The few rows of a question's own are named otherwise.
WHOLE = re.compile(r"(?:\bSCAN|Seq Scan on|Index (?:Only )?Scan(?: Backward)? using pk_\w+ on) (\w+)")
Asked = list[tuple[str, Any]]


@contextmanager
def listening(session: Session) -> Iterator[Asked]:
    """TraceLine what the database is asked."""
    asked: Asked = []

    def hear(*heard: Any) -> None:
        asked.append((heard[2], heard[3]))

    connection: Connection = session.connection()
    event.listen(connection, "before_cursor_execute", hear)
    yield asked
    event.remove(connection, "before_cursor_execute", hear)


def plan(session: Session, statement: str, parameters: Any) -> str:
    """Return how the database would answer, in its own words."""
    explain = "EXPLAIN " if dialect_name(session) == "postgresql" else "EXPLAIN QUERY PLAN "
    rows = session.connection().exec_driver_sql(explain + statement, parameters)
    return "\n".join(str(row[-1]) for row in rows)


def whole_tables(shown: str, among: Collection[str]) -> set[str]:
    """Return which of these tables a plan reads from one end to the other, but for where a condition bounds that."""
    lines = shown.split("\n")
    unbounded = [
        match[1]
        for number, line in enumerate(lines)
        if (match := WHOLE.search(line)) and "Index Cond" not in "".join(lines[number + 1 : number + 2])
    ]
    return {table for table in unbounded if table in among}
