"""The arithmetic under `make bench`: turns are taken in turns, and ratios are taken turn by turn."""

import pytest
from benchmarks.turns import Comparison, find, show, take_turns


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
