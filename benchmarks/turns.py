"""Taking turns: each way is measured once a turn, so that whatever else the machine does falls on all of them alike."""

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
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


@dataclass(frozen=True)
class Likeness:
    """How well two kinds of one thing can be told apart by their times, in milliseconds: 0.5 is not at all."""

    what: str
    one: str
    other: str
    medians: tuple[float, float]
    area: float
    bounds: tuple[float, float] = (0.45, 0.55)

    @property
    def short(self) -> bool:
        """Tell whether they can be told apart."""
        return not self.bounds[0] <= self.area <= self.bounds[1]


def area_under_curve(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the area under the ROC curve: how often one of the first takes longer than one of the others."""
    ordered = sorted(other)
    longer = sum(bisect_left(ordered, time) + bisect_right(ordered, time) for time in one) / 2
    return longer / (len(one) * len(other))


def take_turns(ways: Mapping[str, Callable[[], T]], turns: int) -> dict[str, list[T]]:
    """Measure every way once, that often; every other turn goes backwards, so that none always follows the same one."""
    rates: dict[str, list[T]] = {name: [] for name in ways}
    for turn in range(turns):
        for name in list(ways)[:: -1 if turn % 2 else 1]:
            rates[name].append(ways[name]())
    return rates


def find(rates: Mapping[str, Sequence[float]], comparison: Comparison) -> Finding:
    """Set the turns of two ways against each other, turn by turn."""
    ours, other = rates[comparison.ours], rates[comparison.other]
    ratio = statistics.median(one / another for one, another in zip(ours, other, strict=True))
    return Finding(comparison, statistics.median(ours), statistics.median(other), ratio)


def show(title: str, findings: Sequence[Finding | Likeness]) -> None:
    """Print one table."""
    print(f"\n{title}")
    compared = [each for each in findings if isinstance(each, Finding)]
    show_rates(compared)
    alike = [each for each in findings if isinstance(each, Likeness)]
    width = max((len(each.what) for each in alike), default=0)
    for each in alike:
        (one, other), (low, high) = each.medians, each.bounds
        verdict = f"{'OUTSIDE' if each.short else 'within'} {low} to {high}"
        times = f"{each.one} {one:6.2f} ms  :  {each.other} {other:6.2f} ms"
        print(f"  {each.what:{width}}  {times}  area {each.area:.3f}  {verdict}", flush=True)


def show_rates(findings: Sequence[Finding]) -> None:
    """Print the lines of rates and ratios."""
    names = [name for each in findings for name in (each.comparison.ours, each.comparison.other)]
    width = max(map(len, names), default=0)
    for each in findings:
        goal = each.comparison.goal
        verdict = "" if goal is None else f"  {'FALLS SHORT of' if each.short else 'at least'} {goal}"
        ours = f"{each.comparison.ours:{width}} {each.ours:8,.0f}"
        print(
            f"  {ours}  :  {each.comparison.other:{width}} {each.other:8,.0f}  = {each.ratio:6.2f}{verdict}", flush=True
        )
