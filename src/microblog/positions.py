"""Reading a long list a page at a time, by position: from which row on, never how many rows to leave out.

Rows have numbers that only grow. A page is what stands next to a number, so it neither repeats nor skips a row while
others are written, and each page has an address that keeps its meaning.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

HIGHEST = 2**63 - 1  # what both databases can keep

Row = TypeVar("Row")


class BadPosition(Exception):  # noqa: N818 - an address somebody typed, not a fault
    """An address names a position that cannot be one."""


@dataclass(frozen=True)
class Position:
    """Where a page begins: next to a number, on its older or its newer side. Neither means at the newest."""

    older_than: int | None = None
    newer_than: int | None = None

    @property
    def upwards(self) -> bool:
        """True for a page of rows that are newer than a number."""
        return self.newer_than is not None

    @property
    def edge(self) -> int:
        """The number next to which the page stands; every row is older than that of the newest page."""
        if self.newer_than is not None:
            return self.newer_than
        return HIGHEST if self.older_than is None else self.older_than


NEWEST = Position()


def read_position(older: str | None = None, newer: str | None = None) -> Position:
    """Read a position from an address.

    Raises:
        BadPosition: it is no number, or both sides are asked for at once.
    """
    if older is not None and newer is not None:
        raise BadPosition
    return Position(read_number(older), read_number(newer))


def read_number(typed: str | None) -> int | None:
    """Read the number of a row.

    Raises:
        BadPosition: no row could have it.
    """
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(HIGHEST)) and int(typed) <= HIGHEST):
        raise BadPosition
    return int(typed)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, newest first, and where the pages next to it begin, if there are any."""

    items: tuple[Row, ...]
    older: Position | None = None
    newer: Position | None = None


def cut(
    found: Sequence[Row], position: Position, size: int, number: Callable[[Row], int], *, behind: bool
) -> Page[Row]:
    """Make a page of what was found from its edge on, which is one row more than it holds, if there is one.

    `behind` tells whether there are rows on the other side of the edge.
    """
    more, shown = len(found) > size, tuple(found[:size])
    if position.upwards:
        shown = shown[::-1]
    older, newer = (behind, more) if position.upwards else (more, behind)
    last, first = (number(shown[-1]), number(shown[0])) if shown else (position.edge + 1, position.edge - 1)
    return Page(
        shown,
        older=Position(older_than=min(last, HIGHEST)) if older else None,
        newer=Position(newer_than=max(first, 0)) if newer else None,
    )
