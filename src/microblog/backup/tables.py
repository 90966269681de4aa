"""Copying every table between PostgreSQL and the SQLite database that a backup is."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from microblog.db import Database
from microblog.schema import METADATA

AT_ONCE = 1000  # rows; what is in memory at a time
NO_HURRY = text("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
Numbers = dict[str, int]


def from_postgresql(source: Database, target: Database) -> None:
    """Copy everything as it is at one moment, whoever writes meanwhile."""
    with source.engine.execution_options(**SNAPSHOT).connect() as reading, target.engine.begin() as writing:
        reading.execute(NO_HURRY)
        for table in METADATA.sorted_tables:
            for rows in in_parts(reading, table):
                writing.execute(insert(table), rows)
        set_numbers(writing, {table.name: last_number(reading, table) for table in numbered_tables()})


def to_postgresql(source: Database, target: Database) -> None:
    """Put a backup in the place of everything there is, in one transaction."""
    names = ", ".join(target.engine.dialect.identifier_preparer.format_table(table) for table in METADATA.sorted_tables)
    with source.engine.connect() as reading, target.engine.begin() as writing:
        writing.execute(NO_HURRY)
        writing.execute(text(f"TRUNCATE {names}"))
        for table in METADATA.sorted_tables:
            for rows in in_parts(reading, table):
                writing.execute(insert(table), rows)
        numbers = numbers_in(reading)
        for table in numbered_tables():
            going_on = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last, true)")
            writing.execute(going_on, {"name": table.name, "last": max(1, numbers.get(table.name, 0))})


def in_parts(reading: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Read a table some rows at a time."""
    found = reading.execute(select(table).execution_options(yield_per=AT_ONCE)).mappings()
    for part in found.partitions():
        yield [dict(row) for row in part]


def numbered_tables() -> Iterator[Table]:
    """Return the tables that number their rows."""
    return (table for table in METADATA.sorted_tables if table.autoincrement_column is not None)


def last_number(reading: Connection, table: Table) -> int:
    """Return the last number that PostgreSQL gave out for a table; 0 where it gave none."""
    sequence = reading.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}).scalar_one()
    last, used = reading.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608 - its own name
    return int(last) if used else 0


def numbers_in(connection: Connection) -> Numbers:
    """Return the last number that SQLite gave out, by table."""
    rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()
    return {name: int(last) for name, last in rows}


def set_numbers(connection: Connection, numbers: Numbers) -> None:
    """Let SQLite number rows from there on."""
    for name, last in numbers.items():
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))


def skip_numbers(connection: Connection, by: int) -> None:
    """Leave out some numbers of every table, those that were given out after the backup was made among them."""
    before = numbers_in(connection)
    set_numbers(connection, {table.name: before.get(table.name, 0) + by for table in numbered_tables()})
