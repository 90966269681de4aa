"""docs/security.md holds: every requirement has a row, every row a test or a reason, and every test is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+ \[[123]\]|[FN]\d+ [^|]*) \|(.*)\|$", re.MULTILINE)
REASON = re.compile(r"^Nothing to test[.:]")


def numbers(chapter: int, *sections: tuple[int, int]) -> set[str]:
    """The numbers of a chapter's sections, each from 1 to its last at level 1 or 2."""
    return {f"{chapter}.{section}.{number}" for section, last in sections for number in range(1, last + 1)}


# ASVS 5.0.0: all of level 1 and 2 of these chapters, and those of level 3 and of other chapters that are named as ours.
LEVEL_2 = (
    numbers(3, (2, 2), (3, 4), (4, 6), (5, 5), (7, 2))
    | numbers(6, (1, 3), (2, 12), (3, 4), (4, 4), (5, 5), (6, 3), (8, 4))
    | numbers(7, (1, 3), (2, 4), (3, 2), (4, 5), (5, 2), (6, 2))
    | numbers(9, (1, 3), (2, 4))
    | numbers(14, (1, 2), (2, 4), (3, 3))
    | numbers(16, (1, 1), (2, 5), (3, 4), (4, 3), (5, 3))
)
NAMED_BESIDES = {
    *("1.3.11", "2.3.1", "2.3.2", "2.4.1", "3.4.8", "4.1.3", "6.3.5", "6.3.6", "6.3.7", "6.3.8", "6.4.6"),
    *("11.2.4", "11.4.2", "11.5.1", "12.3.1", "12.3.2", "13.3.1", "15.2.2", "15.3.4", "15.4.2"),
}
CHEAT_SHEET = {f"F{number}" for number in range(1, 21)}
NIST = {f"N{number}" for number in range(1, 15)}


def rows() -> dict[str, list[str]]:
    """The cells of each row behind its number."""
    return {name.split(" ")[0]: [cell.strip() for cell in rest.split("|")] for name, rest in ROW.findall(PAGE)}


def functions_in(path: Path) -> set[str]:
    """The tests of a file, without running it."""
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_requirement_has_one_row() -> None:
    assert rows().keys() >= LEVEL_2 | NAMED_BESIDES | CHEAT_SHEET | NIST
    names = [name.split(" ")[0] for name, _ in ROW.findall(PAGE)]
    assert len(names) == len(set(names))


def test_every_row_says_how_and_names_a_test_or_a_reason() -> None:
    for number, cells in rows().items():
        assert len(cells) in (2, 3), number
        assert all(cells), number
        assert NAMED.search(cells[-1]) or REASON.match(cells[-1]), number


def test_what_does_not_apply_says_so_and_nothing_else_is_without_a_test() -> None:
    bare = {number for number, cells in rows().items() if cells[-1].startswith("Nothing to test")}
    assert bare == {"6.6.1", "6.8.1", "6.8.2", "6.8.3", "6.8.4", "7.1.3", "7.6.1", "16.4.2", "16.4.3"}


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED.findall(PAGE)}))
def test_every_test_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()
    assert {name for where, name in NAMED.findall(PAGE) if where == path} <= functions_in(ROOT / path)


def test_many_tests_are_named() -> None:
    assert len(set(NAMED.findall(PAGE))) > 60
