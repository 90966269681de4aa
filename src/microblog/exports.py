"""The parts of a member's download: each package declares those of its own tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

BATCH = 500  # rows in one reading transaction, so that none stays open while somebody downloads slowly

Row = dict[str, Any]
Rows = Callable[[Session, int, int], Sequence[tuple[int, Row]]]


@dataclass(frozen=True)
class ExportPart:
    """One list in the download. `rows(session, account_id, after)` returns up to `BATCH` rows beyond an id.

    Each comes with its own id; moments are aware, and become text.
    """

    name: str
    rows: Rows


def export_table(
    name: str, key: InstrumentedAttribute[int], owner: ColumnElement[Any], row: Callable[[Any], Row]
) -> ExportPart:
    """Return the part of a table whose rows have an id and an owner."""

    def rows(session: Session, account_id: int, after: int) -> Sequence[tuple[int, Row]]:
        theirs = select(key.class_).where(owner == account_id, key > after).order_by(key).limit(BATCH)
        return [(one.id, row(one)) for one in session.scalars(theirs)]

    return ExportPart(name, rows)
