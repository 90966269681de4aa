"""The habits of the house, held by a test: short functions, short files, names that say what a thing is."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "microblog"
MODULES = sorted(SOURCE.rglob("*.py"))
TWO_JOBS = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc", "manager"}
LOCKS = re.compile(r"^requirements/.*\.txt$")
# In two halves each, so that this file names none of them either.
HALVES = (
    ("py", "pi.org"),
    ("python", "hosted.org"),
    ("npm", "js.org"),
    ("yarn", "pkg.com"),
    ("crates", ".io"),
    ("ruby", "gems.org"),
)
REGISTRIES = re.compile(
    "|".join(re.escape(first + second) for first, second in HALVES)
    + r"|(?:--|^)(?:extra-)?index-url|^--find-links|^--trusted-host",
    re.MULTILINE,
)
NOT_OURS = {".git", ".venv", "data", "artefacts", "vendor", "__pycache__"}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


# A migration is a list of what Alembic found, in the order in which it must happen; parts of it would mean nothing.
WRITTEN = [path for path in MODULES if "versions" not in path.parts]


def each(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make one test of a check that every file has to pass; it names all that do not."""

    def decorate(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            wrong = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    wrong.append(f"{name_of(path)}: {error}")
            assert not wrong, "\n".join(wrong)

        return test

    return decorate


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def test_there_is_a_house() -> None:
    assert len(MODULES) > 40


@each(WRITTEN)
def test_no_function_is_over_fifty_lines(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{node.name} at line {node.lineno}"


@each(WRITTEN)
def test_no_file_is_over_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 300


@each(MODULES)
def test_no_name_means_two_jobs(path: Path) -> None:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    assert TWO_JOBS.isdisjoint(parts)


@each(MODULES)
def test_nothing_is_validated_by_assert(path: Path) -> None:
    assert [node.lineno for node in nodes(path) if isinstance(node, ast.Assert)] == []


@each(MODULES)
def test_no_except_is_bare(path: Path) -> None:
    assert [node.lineno for node in nodes(path) if isinstance(node, ast.ExceptHandler) and node.type is None] == []


@each(MODULES)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def our_files() -> list[Path]:
    """Return the files that belong to the repository, whether or not git is there to ask."""
    places = [path for path in ROOT.iterdir() if path.name not in NOT_OURS and not path.name.endswith("_cache")]
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place])]
    return [file for file in files if file.is_file() and not NOT_OURS.intersection(file.relative_to(ROOT).parts)]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's own business: pip reads its configuration."""
    naming = []
    for path in our_files():
        name = path.relative_to(ROOT).as_posix()
        if path != Path(__file__):
            text = path.read_text("utf-8", "replace")
            if LOCKS.match(name):
                text = re.sub(r"--hash=sha256:[0-9a-f]{64}", "", text)
            naming += [f"{name}: {found[0]}" for found in REGISTRIES.finditer(text)]
    assert naming == []
