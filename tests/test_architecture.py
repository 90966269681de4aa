"""What holds the packages apart: a use case raises and returns codes, and their English stands at the edge."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "microblog"
USE_CASES = (
    "audit",
    "auth",
    "contact",
    "follows",
    "identity",
    "moderation",
    "ownership",
    "personal_data",
    "posts",
    "profiles",
    "recovery",
    "registration",
    "subscriptions",
    "timeline",
)
"""The packages below the pages, the commands and `words`."""
PROSE = re.compile(r"\w,? [a-z]")
"""A space and a word in small letters behind another: a phrase in English. Codes, SQL keywords and names have none."""
MARKUP = re.compile(r"""^<|=["']""")
TAKES_PHRASES = {"Limit", "may_record"}
"""Calls whose names of limits are keys of rows, and read by administrators in the documents."""
KEYS = {
    "recovery codes",  # the purpose of the key that printed recovery codes depend on
    "nobody has this password",  # hashed where there is no account
}


def use_cases() -> list[Path]:
    """The modules of these packages, but for the emails: what those say is English."""
    found = (path for package in USE_CASES for path in sorted((SOURCE / package).rglob("*.py")))
    return [path for path in found if "emails" not in path.parts]


def phrases(code: str) -> list[tuple[int, str]]:
    """Every phrase in English in a module: line and text."""
    tree = ast.parse(code)
    allowed = {id(one) for node in ast.walk(tree) for one in not_for_people(node)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in allowed)
    texts = ((one.lineno, one.value) for one in constants if isinstance(one.value, str))
    return [(line, text) for line, text in texts if is_prose(text)]


def is_prose(text: str) -> bool:
    return bool(PROSE.search(text)) and not MARKUP.search(text) and text not in KEYS


def not_for_people(node: ast.AST) -> Iterator[ast.AST]:
    """What nobody reads on a page: docstrings, messages of the log, SQL, and names of limits."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Call):
        called = node.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        logs = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "log"
        if logs or name in {*TAKES_PHRASES, "text"}:
            yield from ast.walk(node)


@pytest.mark.parametrize("path", use_cases(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_there_is_no_english_in_a_use_case(path: Path) -> None:
    assert phrases(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        'raise NothingToDo("This account has no backup email.")',
        'TAKEN = "Another account has this address now."',
        'detail = f"by {operator} on the server"',
        'Why = {"a": "wrong password"}',
        'raise UsernameTaken("Sorry, taken")',
    ],
)
def test_a_phrase_that_comes_back_is_found(line: str) -> None:
    assert len(phrases(f'"""A module."""\n{line}\n')) == 1


@pytest.mark.parametrize(
    "line",
    [
        '"""A sentence about it."""',
        'log.info("account id=%s was deleted", account.id)',
        'Limit("reset requests per client", rate)',
        "text(\"kind IN ('sign_in_refused') and at < 5\")",
        'svg = \'<path fill="red" d="M0 0H1"/>\'',
        'detail = f"others:{ended}"',
        'NAME = "JPEG XL"',
    ],
)
def test_what_no_person_reads_is_allowed(line: str) -> None:
    assert phrases(f"{line}\n") == []
