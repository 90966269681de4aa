"""INSERT statements that may meet an existing row (ON CONFLICT), for either database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, TextClause, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from microblog.db.columns import Base
from microblog.db.dialect import DialectName, dialect_name

Row = Mapping[str, Any]
Values = Row | Sequence[Row] | Select[*tuple[Any, ...]]
"""A row, some rows, or a SELECT whose columns are named as those of the table."""
Key = Collection[InstrumentedAttribute[Any]]
Update = Row | Callable[[Any], Row]
"""New values by column, or a function that derives them from the columns of the row that was to be inserted."""


def upsert(
    target: Session | DialectName,
    table: type[Base],
    values: Values | None,
    update: Update,
    *,
    where: ColumnElement[bool] | None = None,
    key: Key | None = None,
    index_where: TextClause | None = None,
) -> Insert:
    """Build an INSERT that updates the row with the same `key` instead, if there is one: the primary key by default.

    `index_where` is the condition of a partial unique index. Without values, the rows are given when it is executed.

    `where` leaves an existing row as it is unless it holds; such a row is not returned either. Pass the name of the
    dialect as `target` where the statement is kept for any session.
    """
    insert = insert_into(target, table, values)
    changes = update(insert.excluded) if callable(update) else update
    elements = inspect(table).primary_key if key is None else key
    return insert.on_conflict_do_update(
        index_elements=elements, index_where=index_where, set_=dict(changes), where=where
    )


def insert_if_absent(
    target: Session | DialectName,
    table: type[Base],
    values: Values | None,
    key: Key | None = None,
    *,
    index_where: TextClause | None = None,
) -> Insert:
    """Build an INSERT that does nothing where a row has the same `key`: any unique columns, unless it is given.

    `index_where` is the condition of a partial unique index. Without values, the rows are given when it is executed.
    """
    insert = insert_into(target, table, values)
    return insert.on_conflict_do_nothing(index_elements=key, index_where=index_where)


def insert_into(
    target: Session | DialectName, table: type[Base], values: Values | None
) -> postgresql.Insert | sqlite.Insert:
    """Begin the INSERT of a dialect: ON CONFLICT is not part of SQLAlchemy's common one."""
    dialect = target if isinstance(target, str) else dialect_name(target)
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    if values is None:
        return insert
    if isinstance(values, Select):
        return insert.from_select(values.selected_columns.keys(), values)
    return insert.values(values)
