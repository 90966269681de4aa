"""Rows in every table, with values that a careless copy would change."""

from collections.abc import Callable
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


def value(column: "Column[Any]", number: int) -> Any:
    """Return something for a column; where it refers to another row, the number of one."""
    if column.foreign_keys:
        return number
    odd = (make for kind, make in ODD_VALUES.items() if isinstance(column.type, kind))
    return next(odd)(number, column)


ODD_VALUES: dict[type, Callable[[int, "Column[Any]"], Any]] = {
    Utc: lambda number, _: NOON + timedelta(days=number, microseconds=number),
    Boolean: lambda number, _: number % 2 == 0,
    JSON: lambda number, _: {"list": [1, None, ODD], "number": number + 0.1},
    LargeBinary: lambda number, _: bytes(range(256)) * number,
    Double: lambda number, _: number + 0.1,
    BigInteger: lambda number, _: 2**53 + number,  # more than a double holds
    Integer: lambda number, _: number,
    String: lambda number, column: f"{number} {column.name} {ODD}"[: getattr(column.type, "length", None)],
}
