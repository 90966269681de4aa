"""Keyset pagination: reading a long list from a row on, never by how many rows to leave out.

Ids only grow. A page is what stands next to an id, so it neither repeats nor skips a row while others are inserted, and
each page has an address that keeps its meaning.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MAX_ID = 2**63 - 1  # what both databases can keep

Row = TypeVar("Row")


class InvalidCursor(Exception):  # noqa: N818 - an address somebody typed, not a fault
    """An address holds a cursor that cannot be one."""


@dataclass(frozen=True)
class Cursor:
    """The beginning of a page: before an id (older rows) or after it (newer ones). Without either, the newest row."""

    before: int | None = None
    after: int | None = None

    @property
    def ascending(self) -> bool:
        """True for a page of the rows after an id, which are read with ids ascending."""
        return self.after is not None

    @property
    def edge(self) -> int:
        """The id next to which the page stands; every row is before that of the newest page."""
        if self.after is not None:
            return self.after
        return MAX_ID if self.before is None else self.before


NEWEST = Cursor()


def parse_cursor(older: str | None = None, newer: str | None = None) -> Cursor:
    """Parse the parameters `older` and `newer` of an address.

    Raises:
        InvalidCursor: either is no id, or both are given.
    """
    if older is not None and newer is not None:
        raise InvalidCursor
    return Cursor(before=parse_id(older), after=parse_id(newer))


def parse_id(typed: str | None) -> int | None:
    """Parse the id of a row.

    Raises:
        InvalidCursor: no row could have it.
    """
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_ID)) and int(typed) <= MAX_ID):
        raise InvalidCursor
    return int(typed)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, newest first, and the cursors of the pages next to it, if there are any."""

    items: tuple[Row, ...]
    older: Cursor | None = None
    newer: Cursor | None = None


def make_page(
    found: Sequence[Row], cursor: Cursor, size: int, id_of: Callable[[Row], int], *, behind: bool
) -> Page[Row]:
    """Make a page of the rows found from the cursor on: up to one more than the page holds.

    `behind` says whether there are rows on the other side of the cursor.
    """
    more, shown = len(found) > size, tuple(found[:size])
    if cursor.ascending:
        shown = shown[::-1]
    older, newer = (behind, more) if cursor.ascending else (more, behind)
    last, first = (id_of(shown[-1]), id_of(shown[0])) if shown else (cursor.edge + 1, cursor.edge - 1)
    return Page(
        shown,
        older=Cursor(before=min(last, MAX_ID)) if older else None,
        newer=Cursor(after=max(first, 0)) if newer else None,
    )
