"""`make rules`: break one rule after another in a copy of the checkout, and see that its test fails."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from rules.table import RULES, Broken

ROOT = Path(__file__).parents[2]
COPIED = ("src", "tests", "docs", "benchmarks", "scripts", "requirements", "pyproject.toml", "README.md", "Makefile")
AT_ONCE = 2
TESTS_FAILED = 1  # pytest's exit status; others say that nothing was tried


class Outcome(StrEnum):
    """What became of a rule that was broken."""

    NOTICED = "noticed"
    SURVIVED = "SURVIVED: its test passed"
    NOT_THERE = "NOT TRIED: the program has its text not exactly once"
    NO_TEST = "NOT TRIED: its test did not run"


def main() -> None:
    """Break the rules whose names hold a word that is given, or all, and say what became of each."""
    chosen = [rule for rule in RULES if not sys.argv[1:] or any(word in rule.rule for word in sys.argv[1:])]
    copies: SimpleQueue[Path] = SimpleQueue()
    with TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(AT_ONCE):
            copies.put(copy_of_checkout(Path(folder) / str(number)))
        if run_tests(Path(folder) / "0", *sorted({rule.test for rule in chosen})):
            sys.exit("Not all of their tests pass while no rule is broken.")
        outcomes = list(report(zip(chosen, pool.map(lambda rule: try_in(copies, rule), chosen), strict=True)))
    noticed = outcomes.count(Outcome.NOTICED)
    print(f"{noticed} of {len(outcomes)} rules are noticed when they are broken.")  # noqa: T201 - what the command says
    sys.exit(noticed != len(outcomes))


def report(tried: Iterator[tuple[Broken, Outcome]]) -> Iterator[Outcome]:
    """Say each outcome as it comes."""
    for rule, outcome in tried:
        print(f"{outcome:9} {rule.rule}", flush=True)  # noqa: T201 - what the command says
        yield outcome


def copy_of_checkout(folder: Path) -> Path:
    """Copy what tests need into a folder; compiled files would hide a change of the same size and second."""
    folder.mkdir()
    for name in COPIED:
        one = ROOT / name
        if one.is_dir():
            shutil.copytree(one, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(one, folder / name)
    return folder


def try_in(copies: "SimpleQueue[Path]", rule: Broken) -> Outcome:
    """Break a rule in a copy that nobody uses now, run its test there, and mend the copy."""
    copy = copies.get()
    try:
        return outcome_in(copy, rule)
    finally:
        copies.put(copy)


def outcome_in(copy: Path, rule: Broken) -> Outcome:
    """Break a rule in a copy, run its test, and mend the copy."""
    places = [path for path in (copy / "src").rglob("*.py") if rule.old in path.read_text("utf-8")]
    if len(places) != 1 or (before := places[0].read_text("utf-8")).count(rule.old) != 1:
        return Outcome.NOT_THERE
    places[0].write_text(before.replace(rule.old, rule.new), "utf-8")
    try:
        status = run_tests(copy, rule.test)
    finally:
        places[0].write_text(before, "utf-8")
    return {0: Outcome.SURVIVED, TESTS_FAILED: Outcome.NOTICED}.get(status, Outcome.NO_TEST)


def run_tests(copy: Path, *tests: str) -> int:
    """Run tests on the copy's program, on both databases, until one fails; return pytest's exit status."""
    environ = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    options = ("-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--all-databases")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests], cwd=copy, env=environ, capture_output=True, check=False
    ).returncode


if __name__ == "__main__":
    main()
