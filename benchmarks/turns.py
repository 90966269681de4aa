"""Taking turns: each way is measured once a turn, so that whatever else the machine does falls on all of them alike."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Way = Callable[[], float]
"""Measures one way once and returns how many it did in a second."""


@dataclass(frozen=True)
class Comparison:
    """Two ways to set against each other, by their names, and the least that the ratio should be."""

    ours: str
    other: str
    goal: float | None = None


@dataclass(frozen=True)
class Finding:
    """What came out: medians of the rates, and the median of the turns' ratios."""

    comparison: Comparison
    ours: float
    other: float
    ratio: float

    @property
    def short(self) -> bool:
        """Tell whether it falls short of its goal."""
        return self.comparison.goal is not None and self.ratio < self.comparison.goal


def take_turns(ways: Mapping[str, Way], turns: int) -> dict[str, list[float]]:
    """Measure every way once, that often; every other turn goes backwards, so that none always follows the same one."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(turns):
        for name in list(ways)[:: -1 if turn % 2 else 1]:
            rates[name].append(ways[name]())
    return rates


def find(rates: Mapping[str, Sequence[float]], comparison: Comparison) -> Finding:
    """Set the turns of two ways against each other, turn by turn."""
    ours, other = rates[comparison.ours], rates[comparison.other]
    ratio = statistics.median(one / another for one, another in zip(ours, other, strict=True))
    return Finding(comparison, statistics.median(ours), statistics.median(other), ratio)


def show(title: str, findings: Sequence[Finding]) -> None:
    """Print one table."""
    width = max(len(name) for each in findings for name in (each.comparison.ours, each.comparison.other))
    print(f"\n{title}")
    for each in findings:
        goal = each.comparison.goal
        verdict = "" if goal is None else f"  {'FALLS SHORT of' if each.short else 'at least'} {goal}"
        ours = f"{each.comparison.ours:{width}} {each.ours:8,.0f}"
        print(
            f"  {ours}  :  {each.comparison.other:{width}} {each.other:8,.0f}  = {each.ratio:6.2f}{verdict}", flush=True
        )
