"""The arithmetic under `make bench`: turns are taken in turns, and ratios are taken turn by turn."""

import pytest
from benchmarks.turns import Comparison, Likeness, area_under_curve, find, show, take_turns


def test_every_way_has_its_turn_and_every_other_turn_goes_backwards() -> None:
    order: list[str] = []

    def way(name: str) -> float:
        order.append(name)
        return float(len(order))

    rates = take_turns({"a": lambda: way("a"), "b": lambda: way("b"), "c": lambda: way("c")}, 3)
    assert "".join(order) == "abccbaabc"
    assert rates == {"a": [1, 6, 7], "b": [2, 5, 8], "c": [3, 4, 9]}


def test_a_turn_on_a_busy_machine_does_not_move_the_ratio() -> None:
    rates = {"ours": [200.0, 20.0, 220.0], "theirs": [100.0, 10.0, 100.0]}
    found = find(rates, Comparison("ours", "theirs"))
    assert (found.ours, found.other, found.ratio) == (200, 100, 2)


@pytest.mark.parametrize(
    ("goal", "words"), [(None, "2.00\n"), (2, "2.00  at least 2\n"), (2.1, "2.00  FALLS SHORT of 2.1\n")]
)
def test_a_ratio_is_held_to_its_goal(goal: float | None, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = find({"ours": [2000.0], "theirs": [1000.0]}, Comparison("ours", "theirs", goal))
    show("Letters", [found])
    assert capsys.readouterr().out == f"\nLetters\n  ours      2,000  :  theirs    1,000  =   {words}"
    assert found.short == ("SHORT" in words)


@pytest.mark.parametrize(
    ("one", "other", "area"),
    [
        ([1, 2, 3], [1, 2, 3], 0.5),
        ([5, 5, 5], [5, 5], 0.5),
        ([4, 5, 6], [1, 2, 3], 1),
        ([1, 2, 3], [4, 5, 6], 0),
        ([1, 3], [2, 2], 0.5),
        ([2, 4], [1, 3], 0.75),
    ],
)
def test_the_area_says_how_often_one_takes_longer_than_the_other(
    one: list[float], other: list[float], area: float
) -> None:
    assert area_under_curve(one, other) == area


@pytest.mark.parametrize(("area", "words"), [(0.45, "within"), (0.55, "within"), (0.56, "OUTSIDE"), (0.44, "OUTSIDE")])
def test_two_kinds_that_can_be_told_apart_fall_short(
    area: float, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Likeness("signing in", "known", "unknown", (20.0, 21.5), area)
    show("Times", [found])
    line = f"  signing in  known  20.00 ms  :  unknown  21.50 ms  area {area:.3f}  {words} 0.45 to 0.55\n"
    assert capsys.readouterr().out == f"\nTimes\n{line}"
    assert found.short == (words == "OUTSIDE")
