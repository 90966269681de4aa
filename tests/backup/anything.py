"""Rows in every table, with values that a careless copy would change."""

from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, LargeBinary, String, insert

from microblog.db import Database, Utc
from microblog.schema import METADATA
from support.clock import NOON

ROWS = 2
ODD = "é 🌊 '\"\\ \n\t％"


def fill(database: Database) -> None:
    """Put some rows into every table there is."""
    with database.writing() as session:
        for table in METADATA.sorted_tables:
            columns = [column for column in table.columns if column is not table.autoincrement_column]
            rows = [{column.name: value(column, number) for column in columns} for number in range(1, ROWS + 1)]
            session.execute(insert(table), rows)


def value(column: "Column[Any]", number: int) -> Any:  # noqa: ANN401 - each column has its own type
    """Return something for a column; where it refers to another row, the number of one."""
    kind = column.type
    if column.foreign_keys:
        return number
    if isinstance(kind, Utc):
        return NOON + timedelta(days=number, microseconds=number)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, JSON):
        return {"list": [1, None, ODD], "number": number + 0.1}
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) * number
    if isinstance(kind, Double):
        return number + 0.1
    if isinstance(kind, BigInteger):
        return 2**53 + number  # more than a double holds
    if isinstance(kind, Integer):
        return number
    assert isinstance(kind, String), column
    return f"{number} {column.name} {ODD}"[: kind.length]
