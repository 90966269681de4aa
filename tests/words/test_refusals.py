"""Each refusal is a code with words, and its words are given all they need where it is raised."""

import ast
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

import microblog
from microblog.links import LinkRefused
from microblog.refusals import Refusal
from microblog.words import refusal_text
from microblog.words.refusals import TEXTS, TITLES

SOURCE = Path(microblog.__file__).parent
VALUES: dict[str, object] = {
    "until": datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
    "username": "alice",
    "named": "bob@blog.example",
    "format": "HEIC",
}
"""What the parameters are in a sentence; all others are numbers."""


def subclasses(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def all_refusals() -> list[type[Refusal]]:
    for module in pkgutil.walk_packages(microblog.__path__, "microblog."):
        if not module.name.startswith(("microblog.migrations", "microblog.__main__")):
            import_module(module.name)
    found = (one for one in subclasses(Refusal) if one.__module__.startswith("microblog."))
    return sorted(dict.fromkeys(found), key=lambda one: one.__name__)


REFUSALS = all_refusals()
CODED = [one for one in REFUSALS if "code" in vars(one)]


def bare_names(raised: ast.expr) -> list[str]:
    """The classes that are raised without being called."""
    choices = [raised.body, raised.orelse] if isinstance(raised, ast.IfExp) else [raised]
    return [one.id for one in choices if isinstance(one, ast.Name)]


def raised() -> Iterator[tuple[str, int, list[str]]]:
    """Name, line and keywords of each place that makes a refusal."""
    names = {one.__name__ for one in CODED}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node.func.id, node.lineno, [str(keyword.arg) for keyword in node.keywords]
            elif isinstance(node, ast.Raise) and node.exc is not None:
                for kind in bare_names(node.exc):
                    if kind in names:
                        yield kind, node.lineno, []


def made(kind: type[Refusal], names: list[str]) -> Refusal:
    parameters = inspect.signature(kind).parameters
    if "retry_after" in parameters:
        return kind(retry_after=7)
    if "connections" in parameters:
        return kind(connections=[(12, "192.0.2.7")])
    return kind(**{name: VALUES.get(name, 7) for name in names})


def test_each_code_is_unique_and_in_snake_case() -> None:
    assert [code for code, times in Counter(one.code for one in CODED).items() if times > 1] == []
    assert all(one.code.isidentifier() and one.code == one.code.lower() for one in CODED)


def test_what_is_raised_has_a_code_of_its_own() -> None:
    groups = [one for one in REFUSALS if one not in (*CODED, LinkRefused)]  # a link's purpose is part of its code
    assert [one.__name__ for one in groups if not one.__subclasses__()] == []


def test_there_are_words_for_each_code_and_for_nothing_else() -> None:
    assert set(TEXTS) == {one.code for one in CODED}
    assert set(TITLES) <= set(TEXTS)


PLACES = list(raised())


@pytest.mark.parametrize(("name", "line", "names"), PLACES, ids=[f"{name} line {line}" for name, line, _ in PLACES])
def test_the_words_are_given_what_they_need_where_a_refusal_is_raised(name: str, line: int, names: list[str]) -> None:
    kind = next(one for one in CODED if one.__name__ == name)
    text = refusal_text(made(kind, names))
    assert text.endswith("."), line
    assert "{" not in text


def test_each_refusal_is_raised_somewhere() -> None:
    assert {one.__name__ for one in CODED} - {name for name, _, _ in PLACES} == set()


def test_a_refusal_holds_no_words() -> None:
    assert [str(one) for one in (kind() for kind in CODED if kind.__init__ is Refusal.__init__)] == [
        one.code for one in CODED if one.__init__ is Refusal.__init__
    ]
