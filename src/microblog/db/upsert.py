"""INSERT statements that may meet an existing row (ON CONFLICT), for either database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.db.columns import Base
from microblog.db.dialect import DialectName, dialect_name

Row = Mapping[str, Any]
Values = Row | Sequence[Row] | Select[*tuple[Any, ...]]
"""A row, some rows, or a SELECT whose columns are named as those of the table."""
Update = Row | Callable[[Any], Row]
"""New values by column, or a function that derives them from the columns of the row that was to be inserted."""


def upsert(
    target: Session | DialectName,
    table: type[Base],
    values: Values,
    update: Update,
    *,
    where: ColumnElement[bool] | None = None,
) -> Insert:
    """Build an INSERT that updates the row with the same primary key instead, if there is one.

    `where` leaves an existing row as it is unless it holds; such a row is not returned either. Pass the name of the
    dialect as `target` where the statement is kept for any session.
    """
    insert = insert_into(target, table, values)
    changes = update(insert.excluded) if callable(update) else update
    key = inspect(table).primary_key
    return insert.on_conflict_do_update(index_elements=key, set_=dict(changes), where=where)


def insert_if_absent(
    target: Session | DialectName,
    table: type[Base],
    values: Values,
    key: Collection[InstrumentedAttribute[Any]] | None = None,
) -> Insert:
    """Build an INSERT that does nothing where a row has the same `key`: any unique columns, unless it is given."""
    return insert_into(target, table, values).on_conflict_do_nothing(index_elements=key)


def insert_into(target: Session | DialectName, table: type[Base], values: Values) -> postgresql.Insert | sqlite.Insert:
    """Begin the INSERT of a dialect: ON CONFLICT is not part of SQLAlchemy's common one."""
    dialect = target if isinstance(target, str) else dialect_name(target)
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    if isinstance(values, Select):
        return insert.from_select(values.selected_columns.keys(), values)
    return insert.values(values)
