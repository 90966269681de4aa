"""The base class of all tables, and the column types they share."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = BigInteger().with_variant(Integer, "sqlite")
"""The type of a generated primary key. SQLite generates values for INTEGER alone, which holds 64 bits there."""

NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}
"""Table arguments that keep SQLite from giving the id of a deleted row to a new one: links, cookies and exports that
hold the id would come to mean the newcomer."""


class Utc(TypeDecorator[datetime]):
    """A timestamp with a time zone. SQLite keeps no zone, so it is stored there as UTC and returned aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC.

        Raises:
            ValueError: it has no time zone.
        """
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return it in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The base class of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Utc}  # noqa: RUF012 - SQLAlchemy's own spelling
