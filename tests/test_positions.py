"""Positions: what an address may say, and where the pages next to one begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.positions import HIGHEST, NEWEST, BadPosition, Page, Position, cut, read_position

numbers = st.integers(0, HIGHEST)


@given(numbers)
def test_a_position_is_read_from_an_address(number: int) -> None:
    assert read_position(older=str(number)) == Position(older_than=number)
    assert read_position(newer=str(number)) == Position(newer_than=number)


def test_an_address_without_a_position_is_the_newest_page() -> None:
    assert read_position() == NEWEST
    assert NEWEST.edge == HIGHEST


@pytest.mark.parametrize(
    "typed", ["", " ", "-1", "+1", "1.0", "1e3", "0x1", "١", "²", "1_000", "7;--", "\0", str(HIGHEST + 1), "9" * 5_000]
)
def test_what_no_row_could_have_as_its_number_is_no_position(typed: str) -> None:
    for asked in ({"older": typed}, {"newer": typed}):
        with pytest.raises(BadPosition):
            read_position(**asked)


@given(st.text())
def test_whatever_is_typed_is_a_position_or_refused(typed: str) -> None:
    try:
        assert 0 <= read_position(older=typed).edge <= HIGHEST
    except BadPosition:
        return


def test_nobody_reads_both_ways_at_once() -> None:
    with pytest.raises(BadPosition):
        read_position("1", "2")


def page(found: list[int], position: Position, *, behind: bool = False) -> Page[int]:
    return cut(found, position, 3, lambda number: number, behind=behind)


@pytest.mark.parametrize(
    ("found", "position", "behind", "expected"),
    [
        ([], NEWEST, False, Page(())),
        ([9, 8, 7], NEWEST, False, Page((9, 8, 7))),
        ([9, 8, 7, 6], NEWEST, False, Page((9, 8, 7), older=Position(older_than=7))),
        ([6, 5], Position(older_than=7), True, Page((6, 5), newer=Position(newer_than=6))),
        ([6, 5], Position(older_than=7), False, Page((6, 5))),
        ([7, 8, 9], Position(newer_than=6), True, Page((9, 8, 7), older=Position(older_than=7))),
        ([4, 5, 6, 7], Position(newer_than=3), False, Page((6, 5, 4), newer=Position(newer_than=6))),
        ([], Position(older_than=7), True, Page((), newer=Position(newer_than=6))),
        ([], Position(newer_than=7), True, Page((), older=Position(older_than=8))),
        ([], Position(older_than=0), True, Page((), newer=Position(newer_than=0))),
        ([], Position(newer_than=HIGHEST), True, Page((), older=Position(older_than=HIGHEST))),
    ],
)
def test_a_page_says_where_its_neighbours_begin(
    found: list[int], position: Position, behind: bool, expected: Page[int]
) -> None:
    assert page(found, position, behind=behind) == expected
