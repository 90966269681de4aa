"""Keyset pagination: what an address may say, and where the pages next to one begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.keyset import MAX_ID, NEWEST, Cursor, InvalidCursor, Page, make_page, parse_cursor

numbers = st.integers(0, MAX_ID)


@given(numbers)
def test_a_cursor_is_parsed_from_an_address(number: int) -> None:
    assert parse_cursor(older=str(number)) == Cursor(before=number)
    assert parse_cursor(newer=str(number)) == Cursor(after=number)


def test_an_address_without_a_cursor_is_the_newest_page() -> None:
    assert parse_cursor() == NEWEST
    assert NEWEST.edge == MAX_ID


@pytest.mark.parametrize(
    "typed", ["", " ", "-1", "+1", "1.0", "1e3", "0x1", "١", "²", "1_000", "7;--", "\0", str(MAX_ID + 1), "9" * 5_000]
)
def test_what_no_row_could_have_as_its_id_is_no_cursor(typed: str) -> None:
    for asked in ({"older": typed}, {"newer": typed}):
        with pytest.raises(InvalidCursor):
            parse_cursor(**asked)


@given(st.text())
def test_whatever_is_typed_is_a_cursor_or_refused(typed: str) -> None:
    try:
        assert 0 <= parse_cursor(older=typed).edge <= MAX_ID
    except InvalidCursor:
        return


def test_nobody_reads_both_ways_at_once() -> None:
    with pytest.raises(InvalidCursor):
        parse_cursor("1", "2")


def page(found: list[int], cursor: Cursor, *, behind: bool = False) -> Page[int]:
    return make_page(found, cursor, 3, lambda number: number, behind=behind)


@pytest.mark.parametrize(
    ("found", "cursor", "behind", "expected"),
    [
        ([], NEWEST, False, Page(())),
        ([9, 8, 7], NEWEST, False, Page((9, 8, 7))),
        ([9, 8, 7, 6], NEWEST, False, Page((9, 8, 7), older=Cursor(before=7))),
        ([6, 5], Cursor(before=7), True, Page((6, 5), newer=Cursor(after=6))),
        ([6, 5], Cursor(before=7), False, Page((6, 5))),
        ([7, 8, 9], Cursor(after=6), True, Page((9, 8, 7), older=Cursor(before=7))),
        ([4, 5, 6, 7], Cursor(after=3), False, Page((6, 5, 4), newer=Cursor(after=6))),
        ([], Cursor(before=7), True, Page((), newer=Cursor(after=6))),
        ([], Cursor(after=7), True, Page((), older=Cursor(before=8))),
        ([], Cursor(before=0), True, Page((), newer=Cursor(after=0))),
        ([], Cursor(after=MAX_ID), True, Page((), older=Cursor(before=MAX_ID))),
    ],
)
def test_a_page_says_where_its_neighbours_begin(
    found: list[int], cursor: Cursor, behind: bool, expected: Page[int]
) -> None:
    assert page(found, cursor, behind=behind) == expected
